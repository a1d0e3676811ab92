using System.Globalization;
using System.Net;
using System.Text.Json;
using static Services.Messaging.AnswerJson;

namespace Services.Messaging;

/// <summary>
/// What Meta's answers mean. Errors are told apart by <c>error.code</c>, never by titles or the HTTP status
/// (https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes). No I/O.
/// </summary>
internal static class MetaAnswer
{
    /// <summary>From here on a code is one of WhatsApp's own errors, which all say that the message failed.</summary>
    private const int FirstOfWhatsApp = 130_000;

    /// <inheritdoc cref="TwilioAnswer.Read"/>
    public static SendResult Read(HttpStatusCode status, string body, TimeSpan? retryAfter)
    {
        var root = Parse(body);
        var number = Number(Property(root, "error"), "code");
        var code = number?.ToString(CultureInfo.InvariantCulture);
        return ((int)status, number) switch
        {
            ( >= 200 and < 300, null) => Taken(root),
            (_, { } one) when RestAfter(one) is { } rest => new SendResult.Refused(code!, Pause(retryAfter ?? rest)),
            (_, >= FirstOfWhatsApp) => new SendResult.Refused(code!),
            // Redirects are not followed: a POST must not be repeated elsewhere, and whoever redirects has not sent it.
            (429, _) => new SendResult.Refused(code ?? "http_429", Pause(retryAfter ?? TimeSpan.FromSeconds(1))),
            // "Unknown error" and "service", which say nothing of what became of the call.
            ( >= 300 and < 500, not (1 or 2)) => new SendResult.Refused(code ?? $"http_{(int)status}"),
            _ => new SendResult.Unknown(code is null ? $"HTTP {(int)status}" : $"HTTP {(int)status}, code {code}"),
        };
    }

    /// <summary>
    /// How long the sender rests after the code; null: it does not. Too many messages to one person (131056) concern
    /// nobody else: that message waits for its retry.
    /// </summary>
    private static TimeSpan? RestAfter(int code) => code switch
    {
        130_429 => TimeSpan.FromSeconds(1), // the number's messages per second
        4 or 80_007 => TimeSpan.FromMinutes(1), // calls per hour
        _ => null,
    };

    // "Held for quality assessment" is an acceptance too: it is sent later, or reported failed.
    private static SendResult Taken(JsonElement? root) =>
        Property(root, "messages") is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() > 0
        && Text(messages[0], "id") is { Length: > 0 and <= 400 } id
            ? new SendResult.Accepted(id)
            : new SendResult.Unknown("an answer without a message id");
}
