using System.Security.Cryptography;
using System.Text;

namespace Benchmarks;

/// <summary>A status callback as Twilio sends it: https://www.twilio.com/docs/usage/webhooks/webhooks-security.</summary>
internal sealed record SignedRequest(string PublicUrl, string AccountSid, string Token)
{
    public const string Path = "/api/webhooks/twilio";

    /// <param name="query">Of the callback's address, with its question mark.</param>
    public byte[] Render(string query, string sid, string to, string status)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["ChannelPrefix"] = "whatsapp",
            ["ApiVersion"] = "2010-04-01",
            ["MessageStatus"] = status,
            ["SmsSid"] = sid,
            ["SmsStatus"] = status,
            ["ChannelInstallSid"] = "XE00000000000000000000000000000001",
            ["To"] = $"whatsapp:{to}",
            ["From"] = "whatsapp:+14155238886",
            ["MessageSid"] = sid,
            ["AccountSid"] = AccountSid,
            ["ChannelToAddress"] = to,
        };
        var body = string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        var target = Path + query;
        var signed = PublicUrl + target + string.Concat(fields.Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // Twilio's choice.
        var signature = Convert.ToBase64String(
            HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
        return Encoding.ASCII.GetBytes(
            $"POST {target} HTTP/1.1\r\nHost: {new Uri(PublicUrl).Authority}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            + "Accept: */*\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            + $"Content-Length: {body.Length}\r\nX-Twilio-Signature: {signature}\r\n\r\n{body}");
    }
}
