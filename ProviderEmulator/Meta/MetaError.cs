using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ProviderEmulator;

/// <summary>
/// A refusal of Meta's Cloud API: the code tells, the HTTP status varies.
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
/// </summary>
internal sealed record MetaError(int Status, int? Code, string Title, string Details) : IRefusal
{
    public static readonly MetaError Unauthorized =
        new(401, 190, "Error validating access token", "The access token is not valid.");

    public static readonly MetaError UnknownObject = Parameter(
        "Object with this ID does not exist, cannot be loaded due to missing permissions, or does not support this "
        + "operation.");

    public static readonly MetaError TooManyRequests =
        new(429, 130429, "Rate limit hit", "Message failed to send because there were too many messages sent.");

    public static readonly MetaError ServerError = new(500, 131000, "Something went wrong", "Try again later.");

    public static readonly MetaError Unavailable =
        new(503, 131016, "Service unavailable", "A service is temporarily unavailable.");

    public static readonly MetaError NoTemplate = new(
        404, 132001, "Template name does not exist in the translation",
        "The template does not exist in this language.");

    public static readonly MetaError ParameterCount = new(
        400, 132000, "Number of parameters does not match the expected number of params",
        "The number of localizable_params does not match the expected number of params.");

    public static MetaError Parameter(string details) => new(400, 100, "Invalid parameter", details);

    public IResult ToResult() => TypedResults.Json(
        new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = $"(#{Code}) {Title}",
                ["type"] = "OAuthException",
                ["code"] = Code,
                ["error_data"] = new JsonObject { ["messaging_product"] = "whatsapp", ["details"] = Details },
                ["fbtrace_id"] = RandomNumberGenerator.GetHexString(20),
            },
        }, statusCode: Status);
}
