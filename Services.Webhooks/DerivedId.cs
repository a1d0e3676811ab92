using System.Security.Cryptography;
using System.Text;

namespace Services.Webhooks;

/// <summary>
/// Ids that are the same whenever the same thing is told again: version 5 UUIDs
/// (https://www.rfc-editor.org/rfc/rfc9562#section-5.5).
/// </summary>
internal static class DerivedId
{
    private static readonly byte[] Namespace =
        new Guid("5d1f3a52-6f3c-4c0e-9b57-7d1b8a3e2c46").ToByteArray(bigEndian: true);

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
