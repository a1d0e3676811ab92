using Contracts;
using MassTransit;

namespace Services.Messaging;

/// <summary>Tests at once, for somebody who waits for the result.</summary>
internal sealed class CheckWebhooksConsumer(Reachability reachability) : IConsumer<CheckWebhooks>
{
    public Task Consume(ConsumeContext<CheckWebhooks> context) =>
        reachability.CheckNowAsync(context.CancellationToken);
}
