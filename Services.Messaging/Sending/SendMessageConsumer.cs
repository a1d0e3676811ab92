using System.Diagnostics;
using Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Sends an order once: the slot and the claim, the call, the answer. An order that still waits when the process stops
/// goes back to the queue (see <see cref="StopsAtOnce"/>).
/// </summary>
internal sealed partial class SendMessageConsumer(
    SendSlots slots, SendAttempts attempts, IMessageProvider provider, IOptions<SendingOptions> options,
    TimeProvider clock, ILogger<SendMessageConsumer> logger) : IConsumer<SendMessage>
{
    public async Task Consume(ConsumeContext<SendMessage> context)
    {
        var order = context.Message;
        await (await slots.TakeAsync(order, context.CancellationToken) switch
        {
            Turn.Taken(var claim) => SendAsync(order, claim),
            Turn.Known(var attempt) when attempt.Attempt == order.Attempt =>
                attempts.RepeatAsync(attempt, context.CancellationToken),
            Turn.Known => Task.CompletedTask, // a later attempt has been ordered: this order is history
            Turn.Returned(var notBefore, var code) =>
                attempts.ReturnAsync(order, notBefore, code, context.CancellationToken),
            _ => throw new UnreachableException(),
        });
    }

    // From the claim on nothing is cancelled: what has been claimed is called, what has been called is recorded.
    private async Task SendAsync(SendMessage order, Claim claim) =>
        await attempts.RecordAsync(order, claim, await CallAsync(order, claim));

    private async Task<SendResult> CallAsync(SendMessage order, Claim claim)
    {
        FailPoint.Reach("after-claim");
        for (var due = claim.Due; ; due = await TakeAnotherAsync(order, claim))
        {
            await WaitAsync(claim, due);
            var elapsed = clock.GetElapsedTime(claim.Asked);
            if (claim.IsTooLate(elapsed))
            {
                return new SendResult.NotSent("the call came too late", Connected: true);
            }

            if (elapsed <= due + options.Value.Lateness)
            {
                break;
            }
        }

        FailPoint.Reach("before-call");
        var result = await provider.SendAsync(order, CancellationToken.None);
        FailPoint.Reach("after-call");
        LogAnswered(order.MessageId, order.Attempt, result);
        return result;
    }

    /// <summary>How long after the claim was asked for the next slot is due.</summary>
    private async Task<TimeSpan> TakeAnotherAsync(SendMessage order, Claim claim)
    {
        var ahead = await slots.TakeAnotherAsync(order.From);
        return clock.GetElapsedTime(claim.Asked) + ahead;
    }

    /// <summary>Until so long after the claim was asked for.</summary>
    private async Task WaitAsync(Claim claim, TimeSpan due)
    {
        if (due - clock.GetElapsedTime(claim.Asked) is var ahead && ahead > TimeSpan.Zero)
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(Math.Ceiling(ahead.TotalMilliseconds)), clock, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Information, "Message {MessageId}, attempt {Attempt}: {Answer}")]
    private partial void LogAnswered(Guid messageId, int attempt, SendResult answer);
}

/// <summary>Strict mode takes one order at a time; fast mode as many as the rate needs.</summary>
internal sealed class SendMessageConsumerDefinition : ConsumerDefinition<SendMessageConsumer>
{
    public SendMessageConsumerDefinition(IOptions<SendingOptions> options)
    {
        ConcurrentMessageLimit = options.Value.Concurrency;
        Endpoint(endpoint => endpoint.PrefetchCount = options.Value.Concurrency);
    }
}

/// <summary>
/// Cancels, soon after the bus has been asked to stop, the consumers that heed their token: those that wait. Without it
/// MassTransit waits for them; and a consumer that gives up by itself counts as faulty, its message as poison.
/// </summary>
internal sealed class StopsAtOnce : IConfigureOptions<MassTransitHostOptions>
{
    public void Configure(MassTransitHostOptions options)
    {
        options.StopTimeout = TimeSpan.FromSeconds(25); // a call and its record
        options.ConsumerStopTimeout = TimeSpan.FromMilliseconds(50);
    }
}
