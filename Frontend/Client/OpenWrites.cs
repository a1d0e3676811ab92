using System.Security.Cryptography;

namespace Frontend;

/// <summary>
/// The Idempotency-Keys of writes that nobody has answered yet: who tries again with the same content brings the same
/// key, so that the API does it once. One for each address: other content is another request. Whoever says the same
/// long after means it once more.
/// </summary>
public sealed class OpenWrites(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (string Content, string Key, DateTimeOffset At)> _open = [];

    /// <summary>The key of an earlier try with this content, or a new one.</summary>
    public string KeyOf(string path, ReadOnlySpan<byte> content)
    {
        var digest = Convert.ToHexString(SHA256.HashData(content));
        var now = clock.GetUtcNow();
        if (!_open.TryGetValue(path, out var write) || write.Content != digest || now - write.At > Longest)
        {
            _open[path] = write = (digest, Guid.CreateVersion7(now).ToString(), now);
        }

        return write.Key;
    }

    /// <summary>It has been done, or refused: the next one is another.</summary>
    public void Settle(string path, string key)
    {
        if (_open.TryGetValue(path, out var write) && write.Key == key)
        {
            _open.Remove(path);
        }
    }
}
