using System.Net;
using System.Text.Json;
using static Services.Messaging.AnswerJson;

namespace Services.Messaging;

/// <summary>
/// What Gupshup's answers mean: <c>{ status, messageId }</c>, or <c>{ status: "error", message }</c>, under several
/// HTTP statuses and content types (https://docs.gupshup.io/docs/template-messages). No I/O.
/// </summary>
internal static class GupshupAnswer
{
    /// <summary>Without a word of Gupshup's: its limits are said to be per minute.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="TwilioAnswer.Read"/>
    /// <remarks>
    /// A 5xx is documented as transient, but nowhere that the message was not taken; there is no key that would make a
    /// repeat harmless, so it leaves the outcome unknown.
    /// </remarks>
    public static SendResult Read(HttpStatusCode status, string body, TimeSpan? retryAfter) => (int)status switch
    {
        >= 200 and < 300 => Taken(Parse(body), (int)status),
        429 => new SendResult.Refused("http_429", Pause(retryAfter ?? Rest)),
        >= 300 and < 500 => new SendResult.Refused(Code(Parse(body), (int)status)),
        _ => new SendResult.Unknown($"HTTP {(int)status}"),
    };

    // The status is "submitted" on one page of the documentation and "success" on another.
    private static SendResult Taken(JsonElement? root, int status) =>
        (Text(root, "status"), Text(root, "messageId")) switch
        {
            ("error", _) => new SendResult.Refused(Code(root, status)),
            (_, { Length: > 0 and <= 200 } id) => new SendResult.Accepted(id),
            _ => new SendResult.Unknown("an answer without a message id"),
        };

    // Refusals have words, not codes; words of its own are not passed on, who knows what they repeat.
    private static string Code(JsonElement? root, int status) =>
        Text(root, "message")?.Trim().TrimEnd('.').ToUpperInvariant() switch
        {
            "INVALID DESTINATION" => "invalid_destination",
            "INVALID APP DETAILS" => "invalid_app_details",
            "AUTHENTICATION FAILED" => "http_401",
            "TOO MANY REQUESTS" => "http_429",
            _ => $"http_{status}",
        };
}
