using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults;

/// <summary>
/// What is derived of a caller, an address and a key. The table knows none of the three: answers hold what is known of
/// people, and only who repeats the request can read them.
/// </summary>
/// <param name="scope">The three of them.</param>
/// <param name="isSlow">A request's digest costs so much that nobody finds a password by trying.</param>
internal sealed class IdempotencySeal(string scope, bool isSlow)
{
    private const int Iterations = 200_000;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _secret = SHA256.HashData(Encoding.UTF8.GetBytes(scope));

    public Guid Id => new(Derive("id"u8).AsSpan(0, 16));

    public IncrementalHash Hash() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Derive("request"u8));

    public byte[] Digest(byte[] hash) =>
        isSlow ? Rfc2898DeriveBytes.Pbkdf2(hash, _secret, Iterations, HashAlgorithmName.SHA256, hash.Length) : hash;

    public byte[] Close(ReadOnlySpan<byte> text)
    {
        var box = new byte[NonceLength + TagLength + text.Length];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Derive("answer"u8), TagLength);
        aes.Encrypt(nonce, text, box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength));
        return box;
    }

    public byte[] Open(ReadOnlySpan<byte> box)
    {
        var text = new byte[box.Length - NonceLength - TagLength];
        using var aes = new AesGcm(Derive("answer"u8), TagLength);
        aes.Decrypt(
            box[..NonceLength], box[(NonceLength + TagLength)..], box.Slice(NonceLength, TagLength), text);
        return text;
    }

    private byte[] Derive(ReadOnlySpan<byte> purpose) => HMACSHA256.HashData(_secret, purpose);
}
