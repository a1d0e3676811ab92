using Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Services.Campaigns;

/// <summary>A code that comes along is that of the halted sender, whose provider is the one that sends now.</summary>
internal sealed class MessageReturnedConsumer(MessageBook book, IOptions<SandboxOptions> sandbox)
    : IConsumer<MessageReturned>
{
    public Task Consume(ConsumeContext<MessageReturned> context)
    {
        var m = context.Message;
        return book.EnterAsync(
            m.MessageId,
            new MessageReport.Returned(m.Attempt, m.NotBefore, m.ErrorCode, m.ReturnedAt)
            {
                Provider = m.ErrorCode is null ? null : FormReader.NameOf(sandbox.Value.Provider),
            },
            context.CancellationToken);
    }
}
