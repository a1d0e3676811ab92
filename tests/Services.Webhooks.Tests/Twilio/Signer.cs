using System.Security.Cryptography;
using System.Text;

namespace Services.Webhooks.Tests;

/// <summary>Twilio's side of the signature, by the letter of its documentation and without our parser.</summary>
internal static class Signer
{
    public static string TextOf(string url, IEnumerable<(string Name, string Value)> parameters) =>
        url + string.Concat(parameters.Distinct()
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ThenBy(parameter => parameter.Value, StringComparer.Ordinal)
            .Select(parameter => parameter.Name + parameter.Value));

    public static string Sign(string token, string text) =>
#pragma warning disable CA5350 // Twilio's choice.
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350

    public static string FormOf(IEnumerable<(string Name, string Value)> parameters) =>
        string.Join('&', parameters.Select(parameter =>
            $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));
}
