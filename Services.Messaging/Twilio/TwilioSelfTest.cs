using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Contracts;

namespace Services.Messaging;

/// <summary>
/// A request to our webhook as Twilio would send and sign it (https://www.twilio.com/docs/usage/security), and whether
/// the answer comes from it. No I/O.
/// </summary>
internal static class TwilioSelfTest
{
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

    /// <summary>Whoever answers knows one of the tokens.</summary>
    public static bool IsProof(HttpResponseMessage answer, IEnumerable<string> tokens, string word) =>
        answer.Headers.TryGetValues(SelfTest.Header, out var proofs)
        && tokens.Any(token => proofs.Contains(SelfTest.Proof(token, word)));
}
