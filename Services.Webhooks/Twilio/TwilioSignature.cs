using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Services.Webhooks;

/// <summary>
/// Whether a request is Twilio's: <c>X-Twilio-Signature</c> is Base64(HMAC-SHA1(auth token, URL + parameters)).
/// https://www.twilio.com/docs/usage/security
/// </summary>
internal static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <summary>Base64 of 20 bytes.</summary>
    public const int Length = 28;

    /// <summary>
    /// The URL up to the request's target, with and without the port: Twilio may add the default port or leave one
    /// out. No user info and no fragment, which Twilio does not sign.
    /// </summary>
    public static byte[][] Origins(Uri publicUrl)
    {
        var host = publicUrl.HostNameType == UriHostNameType.IPv6 ? publicUrl.Host : publicUrl.IdnHost;
        var path = publicUrl.AbsolutePath.TrimEnd('/');
        return
        [
            Encoding.UTF8.GetBytes($"{publicUrl.Scheme}://{host}{path}"),
            Encoding.UTF8.GetBytes($"{publicUrl.Scheme}://{host}:{publicUrl.Port}{path}"),
        ];
    }

    /// <summary>A form: its parameters are signed with the URL.</summary>
    /// <param name="signature">The header's value.</param>
    /// <param name="origins">Of our configured address (<see cref="Origins"/>), never of the Host header.</param>
    /// <param name="target">The request's target as it was received, byte for byte.</param>
    /// <param name="form">The parameters.</param>
    /// <param name="tokens">The auth tokens that may have signed; several during a rotation.</param>
    public static bool IsValid(string signature, byte[][] origins, string target, TwilioForm form, byte[][] tokens)
    {
        if (signature.Length != Length)
        {
            return false;
        }

        // Every origin is written in front of the same bytes, its end where they start.
        var start = origins.Max(origin => origin.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(
            start + Encoding.UTF8.GetMaxByteCount(target.Length) + form.SignedLength);
        try
        {
            var end = start + Encoding.UTF8.GetBytes(target, buffer.AsSpan(start));
            end += form.WriteSigned(buffer.AsSpan(end));

            Span<byte> given = stackalloc byte[Length];
            Encoding.ASCII.GetBytes(signature, given);
            Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
            Span<byte> expected = stackalloc byte[Length];
            var valid = false;
            foreach (var origin in origins)
            {
                origin.CopyTo(buffer, start - origin.Length);
                foreach (var token in tokens)
                {
#pragma warning disable CA5350 // Twilio's choice.
                    HMACSHA1.HashData(token, buffer.AsSpan((start - origin.Length)..end), mac);
#pragma warning restore CA5350
                    Base64.EncodeToUtf8(mac, expected, out _, out _);
                    // No early exit: the time tells nothing about which candidate came close.
                    valid |= CryptographicOperations.FixedTimeEquals(given, expected);
                }
            }

            return valid;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A JSON body: the URL is signed alone, and its query carries the body's hash.</summary>
    public static bool IsValid(
        string signature, byte[][] origins, string target, ReadOnlySpan<byte> json, byte[][] tokens)
    {
        if (BodyHash(target) is not { Length: 2 * SHA256.HashSizeInBytes } hash)
        {
            return false;
        }

        using var empty = TwilioForm.Parse([]);
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json)));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(hash))
            & IsValid(signature, origins, target, empty, tokens);
    }

    /// <summary>The query's <c>bodySHA256</c>, which Twilio adds to requests with JSON, if it is there.</summary>
    public static string? BodyHash(string target)
    {
        foreach (var parameter in QueryOf(target))
        {
            if (parameter.EncodedName.Span is "bodySHA256")
            {
                return parameter.DecodeValue().ToString();
            }
        }

        return null;
    }

    public static QueryStringEnumerable QueryOf(string target) =>
        new(target.IndexOf('?') is >= 0 and var query ? target.AsMemory(query) : default);
}
