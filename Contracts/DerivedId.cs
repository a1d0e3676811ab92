using System.Security.Cryptography;
using System.Text;

namespace Contracts;

/// <summary>
/// Ids of events that are the same whoever tells the same thing, and however often: a webhook, its repeat, or the
/// provider's list. Version 5 UUIDs (https://www.rfc-editor.org/rfc/rfc9562#section-5.5).
/// </summary>
public static class DerivedId
{
    private static readonly byte[] Namespace =
        new Guid("5d1f3a52-6f3c-4c0e-9b57-7d1b8a3e2c46").ToByteArray(bigEndian: true);

    /// <summary>Of a <see cref="MessageReceived"/>.</summary>
    public static Guid OfMessage(string provider, string providerMessageId) => Of($"{provider}/{providerMessageId}");

    /// <summary>Of a <see cref="StatusChanged"/>.</summary>
    /// <param name="provider">As in the event.</param>
    /// <param name="providerMessageId">As in the event.</param>
    /// <param name="word">The provider's own word, of which several may mean one status.</param>
    /// <param name="errorCode">As in the event.</param>
    public static Guid OfStatus(string provider, string providerMessageId, string word, string? errorCode) =>
        Of($"{provider}/{providerMessageId}/{word}/{errorCode}");

    public static Guid Of(string name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC's algorithm; nothing is kept secret by it.
        SHA1.HashData([.. Namespace, .. Encoding.UTF8.GetBytes(name)], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
