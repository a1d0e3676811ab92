using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Contracts;

namespace Services.Messaging;

/// <summary>
/// A request to our webhook as Twilio would send and sign it (https://www.twilio.com/docs/usage/security), and what the
/// answer says. No I/O.
/// </summary>
internal static class TwilioSelfTest
{
    /// <summary>The network between Twilio and a host of this name does not exist.</summary>
    public static bool IsPrivate(Uri url) =>
        IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? IsPrivate(address)
        : url.IsLoopback || !url.Host.Contains('.') || url.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);

    public static HttpRequestMessage Request(Uri webhook, string accountSid, string token, string word)
    {
        var host = webhook.HostNameType == UriHostNameType.IPv6 ? webhook.Host : webhook.IdnHost;
        var port = webhook.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{webhook.Port}");
        var signed = $"{webhook.Scheme}://{host}{port}{webhook.AbsolutePath}"
            + $"AccountSid{accountSid}{SelfTest.Field}{word}"; // sorted by name
#pragma warning disable CA5350 // Twilio's choice.
        var signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed));
#pragma warning restore CA5350
        return new(HttpMethod.Post, webhook)
        {
            Content = new FormUrlEncodedContent([new("AccountSid", accountSid), new(SelfTest.Field, word)]),
            Headers = { { "X-Twilio-Signature", Convert.ToBase64String(signature) } },
        };
    }

    /// <summary>Null if our webhook has answered; else the reason (see <see cref="WebhooksChecked.Reason"/>).</summary>
    public static string? Read(HttpResponseMessage answer, IEnumerable<string> tokens, string word) =>
        answer.StatusCode switch
        {
            HttpStatusCode.OK when answer.Headers.TryGetValues(SelfTest.Header, out var proofs)
                && tokens.Any(token => proofs.Contains(SelfTest.Proof(token, word))) => null,
            HttpStatusCode.Forbidden => "refused",
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                "no_answer",
            _ => "not_ours",
        };

    private static bool IsPrivate(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes() is [0 or 10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..]
                or [169, 254, ..] or [100, >= 64 and < 128, ..]
            : address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal);
    }
}
