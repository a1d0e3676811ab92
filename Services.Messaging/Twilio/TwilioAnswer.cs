using System.Globalization;
using System.Net;
using System.Text.Json;
using Contracts;
using static Services.Messaging.AnswerJson;

namespace Services.Messaging;

/// <summary>
/// What Twilio's answers mean. Tolerant: errors come as <c>{ code, message, … }</c>
/// (https://www.twilio.com/docs/usage/twilios-response), newer ones as RFC 9457 with a <c>code</c>, and from a proxy on
/// the way as anything. No I/O.
/// </summary>
internal static class TwilioAnswer
{
    /// <summary>"Service unavailable, not processed" (https://www.twilio.com/docs/api/errors/20503).</summary>
    private const string Unavailable = "20503";

    private const string TooManyRequests = "20429";

    /// <summary>The outcome of a POST that was answered.</summary>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="body">As it came.</param>
    /// <param name="retryAfter">The header, as a span from now.</param>
    public static SendResult Read(HttpStatusCode status, string body, TimeSpan? retryAfter)
    {
        var root = Parse(body);
        var code = Code(root, "code");
        return (int)status switch
        {
            >= 200 and < 300 => Created(root),
            429 => new SendResult.Refused(code ?? TooManyRequests, Pause(retryAfter ?? TimeSpan.FromSeconds(1))),
            503 when code == Unavailable => new SendResult.Refused(Unavailable, Pause(retryAfter)),
            // Redirects are not followed: a POST must not be repeated elsewhere, and whoever redirects has not sent it.
            >= 300 and < 500 => new SendResult.Refused(code ?? $"http_{(int)status}"),
            _ => new SendResult.Unknown(code is null ? $"HTTP {(int)status}" : $"HTTP {(int)status}, code {code}"),
        };
    }

    /// <summary>One page of the message list; null if it is none.</summary>
    public static (IReadOnlyList<ProviderMessage> Messages, string? Next)? ReadPage(string body)
    {
        if (Parse(body) is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return (
            [.. messages.EnumerateArray().Select(message => ReadMessage(message)).OfType<ProviderMessage>()],
            Text(root, "next_page_uri"));
    }

    /// <summary>One message; null if it is none.</summary>
    public static ProviderMessage? ReadMessage(string body) => ReadMessage(Parse(body));

    private static ProviderMessage? ReadMessage(JsonElement? message)
    {
        if (Text(message, "sid") is not { } sid)
        {
            return null;
        }

        // The directions are inbound, outbound-api, outbound-call and outbound-reply.
        var inbound = Text(message, "direction") == "inbound";
        var word = Text(message, "status");
        var status = inbound ? null : TwilioWords.StatusOf(word);
        var error = status == DeliveryStatus.Failed ? Code(message, "error_code") : null;
        return new()
        {
            ProviderMessageId = sid,
            From = TwilioWords.NumberOf(Text(message, "from")) ?? "",
            To = TwilioWords.NumberOf(Text(message, "to")) ?? "",
            Inbound = inbound,
            Text = Text(message, "body"),
            Status = status,
            ErrorCode = error,
            MediaCount = Number(message, "num_media") ?? 0,
            CreatedAt = Instant(Text(message, "date_created")),
            EventId = inbound
                ? DerivedId.OfMessage(TwilioWords.Provider, sid)
                : DerivedId.OfStatus(TwilioWords.Provider, sid, word ?? "", error),
        };
    }

    // The first status of a message gets no callback, it stands in this answer: also if it is a failure.
    private static SendResult Created(JsonElement? root) => (Text(root, "sid"), Text(root, "status")) switch
    {
        (_, "failed" or "undelivered" or "canceled") => new SendResult.Refused(Code(root, "error_code") ?? ""),
        ({ Length: > 0 and <= 64 } sid, _) => new SendResult.Accepted(sid),
        _ => new SendResult.Unknown("an answer without a message SID"),
    };

    // "0" is none.
    private static string? Code(JsonElement? root, string name) =>
        Number(root, name) is { } code and > 0 ? code.ToString(CultureInfo.InvariantCulture) : null;

    // RFC 2822, e.g. Thu, 24 Aug 2023 05:01:45 +0000; its obsolete form ends with GMT.
    private static readonly string[] InstantFormats = ["ddd, d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss 'GMT'"];

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParseExact(
            text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;
}
