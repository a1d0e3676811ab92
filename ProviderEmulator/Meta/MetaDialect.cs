using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// Meta's names, and its webhooks: lists in lists, signed over their bytes with the app's secret.
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
/// </summary>
internal sealed class MetaDialect(IOptions<EmulatorOptions> options, TimeProvider clock) : IDialect
{
    public const int TemplateTooLong = 132005;

    // https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
    private const int Undeliverable = 131026;
    private const int OutsideWindow = 131047;

    public int AcceptedStatus => StatusCodes.Status200OK;

    public IRefusal TooManyRequests => MetaError.TooManyRequests;

    public IRefusal ServerError => MetaError.ServerError;

    public IRefusal Unavailable => MetaError.Unavailable;

    public IRefusal Refusal(int status, int? code) => new MetaError(status, code, Title(code), Title(code));

    /// <summary>WhatsApp's own ids look like this, from whichever provider they come.</summary>
    public static string NewWhatsAppId() => "wamid." + Convert.ToBase64String(RandomNumberGenerator.GetBytes(36));

    public string NewId(int numMedia = 0) => NewWhatsAppId();

    public IResult Answer(Message message) => TypedResults.Json(
        new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["contacts"] = new JsonArray(new JsonObject
            {
                ["input"] = Digits(message.To),
                ["wa_id"] = Digits(message.To),
            }),
            ["messages"] = new JsonArray(new JsonObject { ["id"] = message.Sid, ["message_status"] = "accepted" }),
        }, statusCode: AcceptedStatus);

    public Fate Judge(Fate fate) => fate.ErrorCode is null ? fate : new Fate(MessageStatus.Failed, fate.ErrorCode switch
    {
        DeliveryErrors.NotReachable => Undeliverable,
        DeliveryErrors.OutsideWindow => OutsideWindow,
        DeliveryErrors.TemplateTooLong => TemplateTooLong,
        var code => code,
    });

    public bool ReportsAcceptance(Fate fate) => false;

    public WebhookRequest? Report(Message message, MessageStatus status, int? errorCode)
    {
        var told = new JsonObject
        {
            ["id"] = message.Sid,
            ["status"] = status.Word(),
            ["timestamp"] = Now(),
            ["recipient_id"] = Digits(message.To),
        };
        if (message.Reference is { } reference)
        {
            told["biz_opaque_callback_data"] = reference;
        }

        if (errorCode is { } code)
        {
            told["errors"] = new JsonArray(new JsonObject
            {
                ["code"] = code,
                ["title"] = Title(code),
                ["message"] = Title(code),
                ["error_data"] = new JsonObject { ["details"] = Title(code) },
            });
        }

        return RequestOf(message, new JsonObject { ["statuses"] = new JsonArray(told) });
    }

    public WebhookRequest? Incoming(Message message, string profileName) => RequestOf(message, new JsonObject
    {
        ["contacts"] = new JsonArray(new JsonObject
        {
            ["profile"] = new JsonObject { ["name"] = profileName },
            ["wa_id"] = Digits(message.From),
        }),
        ["messages"] = new JsonArray(new JsonObject
        {
            ["from"] = Digits(message.From),
            ["id"] = message.Sid,
            ["timestamp"] = Now(),
            ["text"] = new JsonObject { ["body"] = message.Body },
            ["type"] = "text",
        }),
    });

    private WebhookRequest? RequestOf(Message message, JsonObject value)
    {
        if (options.Value.InboundWebhookUrl is not { } url)
        {
            return null;
        }

        value["messaging_product"] = "whatsapp";
        value["metadata"] = new JsonObject
        {
            ["display_phone_number"] = options.Value.SandboxNumber[1..],
            ["phone_number_id"] = options.Value.Meta.PhoneNumberId,
        };
        var call = new JsonObject
        {
            ["object"] = "whatsapp_business_account",
            ["entry"] = new JsonArray(new JsonObject
            {
                ["id"] = options.Value.Meta.BusinessAccountId,
                ["changes"] = new JsonArray(new JsonObject { ["value"] = value, ["field"] = "messages" }),
            }),
        };
        return WebhookRequest.OfJson(url, message.Sid, call, body => new()
        {
            ["X-Hub-Signature-256"] = "sha256=" + Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Meta.AppSecret), body)),
        });
    }

    // Seconds, as text.
    private string Now() => clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Digits(string address) => address[(MessageOrder.Channel.Length + 1)..];

    private static string Title(int? code) => code switch
    {
        Undeliverable => "Message undeliverable",
        OutsideWindow => "Re-engagement message",
        TemplateTooLong => "Translated text too long",
        130429 => "Rate limit hit",
        131056 => "(Business Account, Consumer Account) pair rate limit hit",
        131049 => "This message was not delivered to maintain healthy ecosystem engagement.",
        131050 => "User has stopped receiving marketing messages",
        _ => $"Error {code}",
    };
}
