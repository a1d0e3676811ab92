using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>Twilio's, whose names and codes are those of the emulator itself.</summary>
internal sealed class TwilioDialect(IOptions<EmulatorOptions> options) : IDialect
{
    // Constant in an account: the sandbox is one installation of the channel.
    private const string ChannelInstallSid = "XE00000000000000000000000000000001";

    public int AcceptedStatus => StatusCodes.Status201Created;

    public IRefusal TooManyRequests => TwilioError.TooManyRequests;

    public IRefusal ServerError => TwilioError.ServerError;

    public IRefusal Unavailable => TwilioError.Unavailable;

    public IRefusal Refusal(int status, int? code) => new TwilioError(status, code, DeliveryErrors.Text(code));

    public string NewId(int numMedia = 0) => TwilioJson.NewSid(numMedia > 0 ? "MM" : "SM");

    public IResult Answer(Message message) =>
        TwilioJson.Answer(MessageResource.Of(message, options.Value.AccountSid), AcceptedStatus);

    public Fate Judge(Fate fate) => fate;

    public bool ReportsAcceptance(Fate fate) => false;

    /// <summary>https://www.twilio.com/docs/messaging/guides/track-outbound-message-status</summary>
    public WebhookRequest? Report(Message message, MessageStatus status, int? errorCode)
    {
        if (message.StatusCallback is null)
        {
            return null;
        }

        var form = new List<KeyValuePair<string, string>>
        {
            new("ChannelPrefix", "whatsapp"),
            new("ApiVersion", TwilioApi.Version),
            new("MessageStatus", status.Word()),
            new("SmsSid", message.Sid),
            new("SmsStatus", status.Word()),
            new("ChannelInstallSid", ChannelInstallSid),
            new("To", message.To),
            new("From", message.From),
            new("MessageSid", message.Sid),
            new("AccountSid", options.Value.AccountSid),
        };

        if (errorCode is { } code)
        {
            form.Add(new("ErrorCode", code.ToString(CultureInfo.InvariantCulture)));
            form.Add(new("ErrorMessage", DeliveryErrors.Text(code)));
            form.Add(new("ChannelStatusMessage", DeliveryErrors.Text(code)));
        }

        if (status is MessageStatus.Read)
        {
            form.Add(new("EventType", "READ"));
        }

        return RequestOf(message.StatusCallback, message.Sid, form);
    }

    /// <summary>https://www.twilio.com/docs/messaging/guides/webhook-request</summary>
    public WebhookRequest? Incoming(Message message, string profileName) =>
        options.Value.InboundWebhookUrl is not { } url ? null : RequestOf(url, message.Sid,
        [
            new("SmsMessageSid", message.Sid),
            new("NumMedia", "0"),
            new("ProfileName", profileName),
            new("MessageType", "text"),
            new("SmsSid", message.Sid),
            new("WaId", message.From[(MessageOrder.Channel.Length + 1)..]),
            new("SmsStatus", "received"),
            new("Body", message.Body),
            new("To", message.To),
            new("NumSegments", "1"),
            new("ReferralNumMedia", "0"),
            new("MessageSid", message.Sid),
            new("AccountSid", options.Value.AccountSid),
            new("From", message.From),
            new("ApiVersion", TwilioApi.Version),
        ]);

    private WebhookRequest RequestOf(string url, string sid, List<KeyValuePair<string, string>> form)
    {
        var uri = new Uri(url);
        var target = uri.GetComponents(
            UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped);
        var headers = new Dictionary<string, string>
        {
            ["X-Twilio-Signature"] = TwilioSignature.Sign(options.Value.AuthToken, target, form),
            ["I-Twilio-Idempotency-Token"] = Guid.NewGuid().ToString(), // one for all repeats of one event
            ["User-Agent"] = "TwilioProxy/1.1",
        };
        if (uri.UserInfo.Length > 0)
        {
            headers["Authorization"] =
                "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo)));
        }

        return new WebhookRequest(
            target, sid, () => new FormUrlEncodedContent(form), headers, ConnectionOverrides.Parse(uri.Fragment));
    }
}
