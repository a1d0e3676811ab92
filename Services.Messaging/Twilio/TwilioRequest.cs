using System.Globalization;
using System.Text.Json;
using Contracts;

namespace Services.Messaging;

/// <summary>What Twilio is asked: https://www.twilio.com/docs/messaging/api/message-resource. No I/O.</summary>
internal static class TwilioRequest
{
    private const string WhatsApp = "whatsapp:";

    /// <summary><c>+33612345678</c> as a WhatsApp address.</summary>
    public static string ToAddress(string number) => WhatsApp + number;

    /// <summary>The inverse of <see cref="ToAddress"/>; null for another channel's address.</summary>
    public static string? ToNumber(string address) =>
        address.StartsWith(WhatsApp, StringComparison.Ordinal) ? address[WhatsApp.Length..] : null;

    /// <summary>
    /// The form of one message. The callback's address names message and attempt, so that it settles an outcome that
    /// nobody else has told; its fragment asks Twilio to repeat a callback that fails
    /// (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> Form(SendMessage message, string publicUrl)
    {
        yield return new("To", ToAddress(message.To));
        yield return new("From", ToAddress(message.From));
        if (message.Template is { } template)
        {
            yield return new("ContentSid", template.ContentSid);
            if (template.Variables.Count > 0)
            {
                yield return new("ContentVariables", JsonSerializer.Serialize(template.Variables, AnswerJson.Plain));
            }
        }
        else
        {
            yield return new("Body", message.Text ?? "");
        }

        yield return new("StatusCallback", string.Create(
            CultureInfo.InvariantCulture,
            $"{publicUrl.TrimEnd('/')}/api/webhooks/twilio?m={message.MessageId}&a={message.Attempt}#rc=5&rp=all"));
    }

    public static string MessagesPath(string accountSid) => $"2010-04-01/Accounts/{accountSid}/Messages.json";

    public static string MessagePath(string accountSid, string sid) =>
        $"2010-04-01/Accounts/{accountSid}/Messages/{Uri.EscapeDataString(sid)}.json";

    /// <summary>No date: the documented filter knows whole days only, of sending, not of creation.</summary>
    public static string ListQuery(string? from, string? to) => string.Concat(
        "?PageSize=1000",
        from is null ? "" : $"&From={Uri.EscapeDataString(ToAddress(from))}",
        to is null ? "" : $"&To={Uri.EscapeDataString(ToAddress(to))}");
}
