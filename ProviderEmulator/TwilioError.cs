using System.Text.Json.Serialization;

namespace ProviderEmulator;

/// <summary>An error in the shape of Twilio's REST API. https://www.twilio.com/docs/usage/twilios-response</summary>
internal sealed record TwilioError(int Status, int? Code, string Message) : IRefusal
{
    public static readonly TwilioError Unauthorized = new(401, 20003, "Authenticate");
    public static readonly TwilioError PageSizeTooLarge = new(400, 20007, "Page size must be between 1 and 1000");
    public static readonly TwilioError Unfinished = new(409, 20009, "The message is still on its way");
    public static readonly TwilioError NotFound = new(404, 20404, "The requested resource was not found");
    public static readonly TwilioError UnsupportedMediaType = new(415, null, "Unsupported Media Type");
    public static readonly TwilioError TooManyRequests = new(429, 20429, "Too Many Requests");
    public static readonly TwilioError ServerError = new(500, 20500, "An internal server error has occurred");
    public static readonly TwilioError Unavailable = new(503, 20503, "Service unavailable");
    public static readonly TwilioError NoBody = new(400, 21602, "Message body is required.");
    public static readonly TwilioError NoFrom = new(400, 21603, "A 'From' or 'MessagingServiceSid' is required.");
    public static readonly TwilioError NoTo = new(400, 21604, "A 'To' phone number is required.");
    public static readonly TwilioError BadFrom = new(400, 21606, "The 'From' number cannot send messages.");
    public static readonly TwilioError BadStatusCallback = new(400, 21609, "The 'StatusCallback' URL is not valid.");
    public static readonly TwilioError BodyTooLong = new(400, 21617, "The body exceeds the limit of 1600 characters.");
    public static readonly TwilioError BadMedia = new(400, 21620, "Invalid media URL(s)");
    public static readonly TwilioError TooMuchMedia = new(400, 21623, "Number of media files exceeds the limit of 10");
    public static readonly TwilioError NoContentSid = new(400, 21654, "ContentVariables need a ContentSid.");
    public static readonly TwilioError BadContentSid = new(400, 21655, "The ContentSid is invalid.");
    public static readonly TwilioError BadContentVariables = new(400, 21656, "The ContentVariables are invalid.");
    public static readonly TwilioError NoMessagingService = new(400, 21705, "The Messaging Service is invalid");
    public static readonly TwilioError ChannelMismatch = new(400, 21910, "From and To must be of the same channel");
    public static readonly TwilioError NotCancelable = new(400, 30409, "This message cannot be canceled");
    public static readonly TwilioError UnknownFrom = new(400, 63007, "No channel has the specified From address");
    public static readonly TwilioError TooFast = new(429, 63018, "Rate limit exceeded for the channel");
    public static readonly TwilioError FromIsTo = new(400, 63031, "A message cannot have the same From and To");

    public static TwilioError BadTo(string to) => new(400, 21211, $"The 'To' number {to} is not a valid phone number.");

    public static TwilioError BadParameter(string name) => new(400, 20422, $"Invalid parameter: {name}");

    public IResult ToResult() => TwilioJson.Answer(
        new Answer(Code, Message, Code is null ? null : $"https://www.twilio.com/docs/errors/{Code}", Status), Status);

    private sealed record Answer(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Code,
        string Message,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MoreInfo,
        int Status);
}
