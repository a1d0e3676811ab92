using Contracts;
using MassTransit;

namespace Services.Campaigns;

internal sealed class OutcomeUnknownConsumer(MessageBook book) : IConsumer<OutcomeUnknown>
{
    public Task Consume(ConsumeContext<OutcomeUnknown> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId, new MessageReport.OutcomeUnknown(m.Attempt, m.Reason, m.NoticedAt), context.CancellationToken);
    }
}
