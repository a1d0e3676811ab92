using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// Gupshup's names, and its webhooks of version 2, which carry no signature but a secret that was agreed on.
/// https://docs.gupshup.io/docs/message-events, https://docs.gupshup.io/docs/text
/// </summary>
internal sealed class GupshupDialect(IOptions<EmulatorOptions> options, TimeProvider clock) : IDialect
{
    /// <summary>No template has this id and as many parameters.</summary>
    public const int NoTemplateMatch = 4003;

    // https://docs.gupshup.io/docs/error-and-status-messages
    private const int NotOnWhatsApp = 1002;
    private const int OutsideWindow = 1005;

    // Gupshup passes WhatsApp's codes on; its own are shorter.
    private const int FirstOfWhatsApp = 130_000;

    public int AcceptedStatus => StatusCodes.Status202Accepted;

    public IRefusal TooManyRequests => GupshupError.TooManyRequests;

    public IRefusal ServerError => GupshupError.ServerError;

    public IRefusal Unavailable => GupshupError.Unavailable;

    public IRefusal Refusal(int status, int? code) => new GupshupError(status, Reason(code));

    public string NewId(int numMedia = 0) => Guid.NewGuid().ToString();

    public IResult Answer(Message message) => TypedResults.Json(
        new JsonObject { ["status"] = "submitted", ["messageId"] = message.Sid }, statusCode: AcceptedStatus);

    public Fate Judge(Fate fate) => fate.ErrorCode is null ? fate : new Fate(MessageStatus.Failed, fate.ErrorCode switch
    {
        DeliveryErrors.NotReachable => NotOnWhatsApp,
        DeliveryErrors.OutsideWindow => OutsideWindow,
        DeliveryErrors.TemplateTooLong => MetaDialect.TemplateTooLong,
        var code => code,
    });

    public bool ReportsAcceptance(Fate fate) => fate.ErrorCode is null or >= FirstOfWhatsApp;

    public WebhookRequest? Report(Message message, MessageStatus status, int? errorCode)
    {
        // What Gupshup itself tells of a message is under its own id; what WhatsApp does, under WhatsApp's.
        var isGupshups = status is MessageStatus.Queued || errorCode < FirstOfWhatsApp;
        var payload = new JsonObject
        {
            ["id"] = isGupshups ? message.Sid : message.WhatsAppId,
            ["type"] = status is MessageStatus.Queued ? "enqueued" : status.Word(),
            ["destination"] = Digits(message.To),
            ["payload"] = status switch
            {
                MessageStatus.Queued => new JsonObject
                {
                    ["whatsappMessageId"] = message.WhatsAppId,
                    ["type"] = message.ContentSid is null ? "session" : "template",
                },
                MessageStatus.Failed => new JsonObject { ["code"] = errorCode, ["reason"] = Reason(errorCode) },
                _ => new JsonObject { ["ts"] = clock.GetUtcNow().ToUnixTimeSeconds() },
            },
        };
        if (!isGupshups)
        {
            payload["gsId"] = message.Sid;
        }

        return RequestOf(message, "message-event", payload);
    }

    public WebhookRequest? Incoming(Message message, string profileName) => RequestOf(message, "message", new JsonObject
    {
        ["id"] = message.WhatsAppId,
        ["source"] = Digits(message.From),
        ["type"] = "text",
        ["payload"] = new JsonObject { ["text"] = message.Body },
        ["sender"] = new JsonObject { ["phone"] = Digits(message.From), ["name"] = profileName },
    });

    private WebhookRequest? RequestOf(Message message, string type, JsonObject payload)
    {
        if (options.Value.InboundWebhookUrl is not { } url)
        {
            return null;
        }

        var envelope = new JsonObject
        {
            ["app"] = options.Value.Gupshup.AppName,
            ["timestamp"] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["version"] = 2,
            ["type"] = type,
            ["payload"] = payload,
        };
        return WebhookRequest.OfJson(
            url, message.Sid, envelope, _ => new() { ["Authorization"] = options.Value.Gupshup.WebhookSecret });
    }

    private static string Digits(string address) => address[(MessageOrder.Channel.Length + 1)..];

    private static string Reason(int? code) => code switch
    {
        NotOnWhatsApp => "Number Does Not Exist On WhatsApp",
        OutsideWindow => "Message sending failed as user is inactive for session message and did not match template",
        NoTemplateMatch => "Template did not match",
        _ => $"Error {code}",
    };
}
