using System.Security.Cryptography;
using System.Text;

namespace ProviderEmulator;

/// <summary>https://www.twilio.com/docs/usage/security#validating-requests</summary>
internal static class TwilioSignature
{
    /// <summary>
    /// Of the address as called (with port and query, without fragment and user information) and the form as sent,
    /// where a repeated name counts once for each of its distinct values.
    /// </summary>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder(url);
        foreach (var (name, value) in form.Distinct()
                     .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                     .ThenBy(pair => pair.Value, StringComparer.Ordinal))
        {
            text.Append(name).Append(value);
        }

#pragma warning disable CA5350 // Twilio's choice, not ours
        return Convert.ToBase64String(
            HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }
}
