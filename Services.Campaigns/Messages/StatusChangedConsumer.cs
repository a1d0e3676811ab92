using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class StatusChangedConsumer(MessageBook book, WebhookActivity activity) : IConsumer<StatusChanged>
{
    public Task Consume(ConsumeContext<StatusChanged> context)
    {
        var m = context.Message;
        if (!m.Asked)
        {
            activity.Saw(m.ReceivedAt);
        }

        return book.EnterAsync(
            new(m.MessageId, m.ProviderMessageId, m.AlternativeId),
            new MessageReport.Status(m.Attempt, m.Status, m.ProviderMessageId, m.ReceivedAt)
            {
                Provider = m.Provider,
                AlternativeId = m.AlternativeId,
            },
            context.CancellationToken);
    }
}
