using Microsoft.Extensions.Options;

namespace TwilioEmulator;

/// <summary>What people write to the sandbox's number.</summary>
internal sealed class Inbox(
    BackgroundWork background,
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
            Sid = TwilioJson.NewSid("SM"),
            From = phone,
            To = MessageOrder.Channel + options.Value.SandboxNumber,
        };
        messages.Add(message);

        if (options.Value.InboundWebhookUrl is { } url)
        {
            var form = FormOf(message, phones.Find(phone)?.ProfileName ?? "");
            background.Run(async stopping =>
            {
                for (var i = 0; i < times; i++)
                {
                    await webhooks.PostAsync(url, message.Sid, form, stopping);
                }
            });
        }

        return message;
    }

    /// <summary>https://www.twilio.com/docs/messaging/guides/webhook-request</summary>
    private List<KeyValuePair<string, string>> FormOf(Message message, string profileName) =>
    [
        new("SmsMessageSid", message.Sid),
        new("NumMedia", "0"),
        new("ProfileName", profileName),
        new("MessageType", "text"),
        new("SmsSid", message.Sid),
        new("WaId", message.From[(MessageOrder.Channel.Length + 1)..]),
        new("SmsStatus", "received"),
        new("Body", message.Body),
        new("To", message.To),
        new("NumSegments", "1"),
        new("ReferralNumMedia", "0"),
        new("MessageSid", message.Sid),
        new("AccountSid", options.Value.AccountSid),
        new("From", message.From),
        new("ApiVersion", TwilioApi.Version),
    ];
}
