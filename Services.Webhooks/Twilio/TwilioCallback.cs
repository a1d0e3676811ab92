using System.Globalization;
using Contracts;

namespace Services.Webhooks;

/// <summary>What a form of Twilio's tells: exactly one of the cases.</summary>
internal abstract record TwilioCallback
{
    private TwilioCallback()
    {
    }

    /// <summary>A person wrote to us. https://www.twilio.com/docs/messaging/guides/webhook-request</summary>
    public sealed record Incoming(MessageReceived Event, Guid Id) : TwilioCallback;

    /// <summary>
    /// One of our messages got on.
    /// https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
    /// </summary>
    public sealed record Status(StatusChanged Event, Guid Id) : TwilioCallback;

    /// <summary>Our own Messaging, which asks whether the public address leads here.</summary>
    public sealed record Tested(string Word) : TwilioCallback;

    /// <summary>Twilio's, but nothing that anybody waits for.</summary>
    public sealed record Ignored(string What) : TwilioCallback;

    /// <summary>Not Twilio's, or not about our account.</summary>
    public sealed record Refused(string Reason) : TwilioCallback;

    /// <summary>Lacks what every callback has.</summary>
    public sealed record Incomplete(string Field, string Remedy) : TwilioCallback;

    private const string Provider = TwilioWords.Provider;

    /// <param name="form">The parameters.</param>
    /// <param name="target">The request's target; a status callback's carries <c>?m=message&amp;a=attempt</c>.</param>
    /// <param name="accountSid">Ours.</param>
    /// <param name="now">When it was received.</param>
    public static TwilioCallback From(TwilioForm form, string target, string accountSid, DateTimeOffset now)
    {
        if (form["AccountSid"u8] is not { Length: > 0 } account)
        {
            return Missing("AccountSid");
        }

        if (form["MessageSid"u8] is not { Length: > 0 } sid)
        {
            return account == accountSid && form["SelfTest"u8] is { Length: > 0 } test
                ? new Tested(test)
                : Missing("MessageSid");
        }

        return account != accountSid ? new Refused("The account is not the configured one.")
            : form["MessageStatus"u8] is { } word ? StatusOf(form, target, sid, word, now)
            : IncomingOf(form, sid, now);
    }

    private static TwilioCallback StatusOf(TwilioForm form, string target, string sid, string word, DateTimeOffset now)
    {
        if (word.Length == 0)
        {
            return Missing("MessageStatus");
        }

        var status = "READ".Equals(form["EventType"u8], StringComparison.OrdinalIgnoreCase)
            ? DeliveryStatus.Read
            : TwilioWords.StatusOf(word);
        if (status is null)
        {
            return new Ignored($"the status {word}"); // Twilio adds some without notice
        }

        var error = status == DeliveryStatus.Failed ? NullIfEmpty(form["ErrorCode"u8]) : null;
        var (message, attempt) = OrderOf(target);
        return new Status(
            new()
            {
                Provider = Provider,
                ProviderMessageId = sid,
                MessageId = message,
                Attempt = attempt,
                Status = status.Value,
                ErrorCode = error,
                ReceivedAt = now,
            },
            DerivedId.OfStatus(Provider, sid, status == DeliveryStatus.Read ? "read" : word, error));
    }

    private static TwilioCallback IncomingOf(TwilioForm form, string sid, DateTimeOffset now)
    {
        if (TwilioWords.NumberOf(form["From"u8]) is not { Length: > 0 } from)
        {
            return Missing("From");
        }

        if (TwilioWords.NumberOf(form["To"u8]) is not { Length: > 0 } to)
        {
            return Missing("To");
        }

        if (form["Body"u8] is not { } body)
        {
            return new Incomplete(
                "Body", "Send Body with a message (it may be empty), or MessageStatus with a status callback.");
        }

        return new Incoming(
            new()
            {
                Provider = Provider,
                ProviderMessageId = sid,
                From = from,
                To = to,
                Text = body.Length > 0 ? body : form["ButtonText"u8] ?? "",
                ProfileName = NullIfEmpty(form["ProfileName"u8]),
                ButtonPayload = NullIfEmpty(form["ButtonPayload"u8]),
                OptOut = OptOutOf(form["OptOutType"u8]),
                RepliedToProviderMessageId = NullIfEmpty(form["OriginalRepliedMessageSid"u8]),
                MediaCount = int.TryParse(
                    form["NumMedia"u8], NumberStyles.None, CultureInfo.InvariantCulture, out var media) ? media : 0,
                ReceivedAt = now,
            },
            DerivedId.OfMessage(Provider, sid));
    }

    private static OptOutType? OptOutOf(string? word) => word?.ToUpperInvariant() switch
    {
        "STOP" => OptOutType.Stop,
        "START" => OptOutType.Start,
        "HELP" => OptOutType.Help,
        _ => null,
    };

    private static (Guid? Message, int? Attempt) OrderOf(string target)
    {
        var (message, attempt) = ((Guid?)null, (int?)null);
        foreach (var parameter in TwilioSignature.QueryOf(target))
        {
            if (parameter.EncodedName.Span is "m" && Guid.TryParse(parameter.DecodeValue().Span, out var id))
            {
                message = id;
            }
            else if (parameter.EncodedName.Span is "a" && int.TryParse(
                parameter.DecodeValue().Span, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                attempt = number;
            }
        }

        return (message, attempt);
    }

    private static string? NullIfEmpty(string? text) => text is "" ? null : text;

    private static Incomplete Missing(string field) => new(field, $"Send {field}: it is empty or not there.");
}
