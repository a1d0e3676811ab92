using System.Text.Json.Nodes;

namespace ProviderEmulator;

/// <summary>
/// A refusal of Gupshup's API, which has words and no codes.
/// https://docs.gupshup.io/reference/post_wa-api-v1-msg-1, https://docs.gupshup.io/docs/template-messages
/// </summary>
internal sealed record GupshupError(int Status, string Message) : IRefusal
{
    public static readonly GupshupError Unauthorized = new(401, "Authentication Failed");
    public static readonly GupshupError TooManyRequests = new(429, "Too Many Requests");
    public static readonly GupshupError ServerError = new(500, "Internal Server Error");
    public static readonly GupshupError Unavailable = new(503, "Service Unavailable");
    public static readonly GupshupError InvalidApp = new(400, "Invalid App Details");
    public static readonly GupshupError InvalidDestination = new(400, "Invalid Destination");

    /// <summary>Gupshup documents no words for it.</summary>
    public static readonly GupshupError InvalidMessage = new(400, "Invalid Message");

    public int? Code => null;

    public IResult ToResult() => TypedResults.Json(
        new JsonObject { ["status"] = "error", ["message"] = Message }, statusCode: Status);
}
