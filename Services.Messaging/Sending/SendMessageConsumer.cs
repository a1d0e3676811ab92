using System.Diagnostics;
using Contracts;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Sends an order once: the slot and the claim, the call, the answer. An order that still waits when the process stops
/// goes back to the queue (see <see cref="StopsAtOnce"/>).
/// </summary>
internal sealed partial class SendMessageConsumer(
    SendSlots slots, SendAttempts attempts, IMessageProvider provider, IOptions<SendingOptions> options,
    TimeProvider clock, ILogger<SendMessageConsumer> logger) : IConsumer<SendMessage>
{
    /// <summary>For an order that comes while an earlier attempt of its message may still be out.</summary>
    private static readonly TimeSpan EarlierAttemptPause = TimeSpan.FromSeconds(10);

    public async Task Consume(ConsumeContext<SendMessage> context)
    {
        var order = context.Message;
        await (await slots.TakeAsync(order, context.CancellationToken) switch
        {
            Turn.Taken(var claim) => SendAsync(order, claim),
            Turn.Known(var attempt) when attempt.Attempt == order.Attempt =>
                attempts.RepeatAsync(attempt, context.CancellationToken),
            Turn.Known(var earlier) when earlier.Attempt < order.Attempt =>
                GiveBackAsync(order, earlier, context.CancellationToken),
            Turn.Known => Task.CompletedTask, // a later attempt has been ordered: this order is history
            Turn.Returned(var notBefore, var code) =>
                attempts.ReturnAsync(order, notBefore, code, context.CancellationToken),
            _ => throw new UnreachableException(),
        });
    }

    /// <summary>
    /// Unsent, since an earlier attempt is or may be out. If it was accepted, whoever ordered this one has not heard of
    /// it, or had given it up: so that is said again, behind the order's return.
    /// </summary>
    private async Task GiveBackAsync(SendMessage order, SendAttempt earlier, CancellationToken cancellationToken)
    {
        await attempts.ReturnAsync(order, clock.GetUtcNow() + EarlierAttemptPause, null, cancellationToken);
        await attempts.RepeatAsync(earlier, cancellationToken);
    }

    // From the claim on nothing is cancelled: what has been claimed is called, what has been called is recorded.
    private async Task SendAsync(SendMessage order, Claim claim)
    {
        FailPoint.Reach("after-claim");
        var left = clock.GetTimestamp();
        var result = await provider.SendAsync(order, LeaveAsync, CancellationToken.None);
        var held = result is SendResult.Accepted ? slots.Held(order.From, clock.GetElapsedTime(left)) : TimeSpan.Zero;
        FailPoint.Reach("after-call");
        LogAnswered(order.MessageId, order.Attempt, result);
        await attempts.RecordAsync(order, claim with { Held = held }, result);

        async Task<bool> LeaveAsync()
        {
            if (await WaitForSlotAsync(order.From, claim) is not { } slot)
            {
                return false;
            }

            FailPoint.Reach("before-call");
            (claim, left) = (claim with { Slot = slot }, clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>
    /// A call that is late in fast mode takes its slot along. Null: it is so late that others may have judged its claim.
    /// </summary>
    private async Task<Slot?> WaitForSlotAsync(string sender, Claim claim)
    {
        var lateness = options.Value.For(sender).Lateness;
        await WaitAsync(claim.Asked, claim.Due);
        // Late by the database's clock, whenever between question and answer it has looked at it.
        var (slot, late) = (claim.Slot, clock.GetElapsedTime(claim.Asked) - claim.Ahead);
        while (late > lateness && !claim.IsTooLate(clock.GetElapsedTime(claim.Asked)))
        {
            var asked = clock.GetTimestamp();
            try
            {
                (slot, var ahead) = await slots.MoveAsync(sender, slot);
                await WaitAsync(asked, clock.GetElapsedTime(asked) + ahead);
                late = clock.GetElapsedTime(asked) - ahead;
            }
            catch (Exception exception) when (Database.IsTransient(exception))
            {
                return null;
            }
        }

        return claim.IsTooLate(clock.GetElapsedTime(claim.Asked)) ? null : slot;
    }

    /// <summary>Until so long after the time stamp.</summary>
    private async Task WaitAsync(long since, TimeSpan due)
    {
        if (due - clock.GetElapsedTime(since) is var ahead && ahead > TimeSpan.Zero)
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(Math.Ceiling(ahead.TotalMilliseconds)), clock, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Information, "Message {MessageId}, attempt {Attempt}: {Answer}")]
    private partial void LogAnswered(Guid messageId, int attempt, SendResult answer);
}

/// <summary>As many orders at once as the senders' rates need.</summary>
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
