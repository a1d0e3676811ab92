using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class MessageRejectedConsumer(MessageBook book) : IConsumer<MessageRejected>
{
    public Task Consume(ConsumeContext<MessageRejected> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId,
            new MessageReport.Rejected(m.Attempt, m.ErrorCode, m.StopsSender, m.RejectedAt) { Provider = m.Provider },
            context.CancellationToken);
    }
}
