using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>What people write, to the number that wrote to them last, or else to the sandbox's.</summary>
internal sealed class Inbox(
    BackgroundWork background,
    IDialect dialect,
    MessageStore messages,
    PhoneBook phones,
    WebhookClient webhooks,
    IOptions<EmulatorOptions> options,
    TimeProvider clock)
{
    /// <summary>
    /// A message from an address, for which the webhook is called so many times. Null if the phone has not joined: the
    /// sandbox then answers the person, and tells the account nothing.
    /// </summary>
    public Message? Write(string phone, string text, int times)
    {
        var now = clock.GetUtcNow();
        if (!phones.TryWrite(phone, text, now))
        {
            return null;
        }

        var message = new Message(text, MessageStatus.Received, now)
        {
            Sid = dialect.NewId(),
            From = phone,
            To = messages.Conversation(phone, 1) is [var last] ? last.From == phone ? last.To : last.From
                : MessageOrder.Channel + options.Value.SandboxNumber,
        };
        messages.Add(message);

        var profileName = phones.Find(phone)?.ProfileName ?? "";
        background.Run(async stopping =>
        {
            for (var i = 0; i < times && dialect.Incoming(message, profileName) is { } call; i++)
            {
                await webhooks.PostAsync(call, stopping);
            }
        });

        return message;
    }
}
