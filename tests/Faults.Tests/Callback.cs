using System.Net;
using System.Security.Cryptography;
using System.Text;
using Testing;

namespace Faults.Tests;

/// <summary>
/// A signed report on a message that nobody knows, as the provider would post it.
/// https://www.twilio.com/docs/usage/security#validating-requests
/// </summary>
internal static class Callback
{
    public static async Task<HttpStatusCode> PostAsync(Uri gateway)
    {
        var address = new Uri(gateway, "/api/webhooks/twilio");
        var form = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccountSid"] = Provider.AccountSid,
            ["From"] = "whatsapp:+14155238886",
            ["MessageSid"] = $"SM{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            ["MessageStatus"] = "delivered",
            ["To"] = "whatsapp:+33639000001",
        };
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Add("X-Twilio-Signature", Sign(address + string.Concat(form.Select(f => f.Key + f.Value))));
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

#pragma warning disable CA5350 // Twilio signs with SHA-1
    private static string Sign(string text) => Convert.ToBase64String(
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(Provider.AuthToken), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
