using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class MessageAcceptedConsumer(MessageBook book) : IConsumer<MessageAccepted>
{
    public Task Consume(ConsumeContext<MessageAccepted> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId,
            new MessageReport.Accepted(m.Attempt, m.ProviderMessageId, m.AcceptedAt) { Provider = m.Provider },
            context.CancellationToken);
    }
}
