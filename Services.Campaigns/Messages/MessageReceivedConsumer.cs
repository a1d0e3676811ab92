using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class MessageReceivedConsumer(Inbox inbox, MessageDispatcher dispatcher, WebhookActivity activity)
    : IConsumer<MessageReceived>
{
    public async Task Consume(ConsumeContext<MessageReceived> context)
    {
        if (!context.Message.Asked)
        {
            activity.Saw(context.Message.ReceivedAt);
        }

        await inbox.ReceiveAsync(context.Message, context.CancellationToken);
        dispatcher.Wake();
    }
}
