using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class MessageReturnedConsumer(MessageBook book) : IConsumer<MessageReturned>
{
    public Task Consume(ConsumeContext<MessageReturned> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId, new MessageReport.Returned(m.Attempt, m.NotBefore, m.ErrorCode, m.ReturnedAt),
            context.CancellationToken);
    }
}
