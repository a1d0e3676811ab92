using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class MessageDeferredConsumer(MessageBook book) : IConsumer<MessageDeferred>
{
    public Task Consume(ConsumeContext<MessageDeferred> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId,
            new MessageReport.Deferred(m.Attempt, m.ErrorCode, m.NotBefore, m.DeferredAt) { Provider = m.Provider },
            context.CancellationToken);
    }
}
