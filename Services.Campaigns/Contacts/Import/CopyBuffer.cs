using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;

namespace Services.Campaigns;

/// <summary>
/// Rows in the binary form of COPY, put together in memory and sent in one piece: for ten columns of a million rows a
/// quarter of what a call for each value costs.
/// </summary>
/// <remarks>https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4</remarks>
internal sealed class CopyBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Null = -1;
    private const int TextType = 25; // its oid
    private const byte JsonbVersion = 1;

    private static readonly byte[] Trailer = [0xFF, 0xFF];
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>What JSON does not take as it is: https://www.rfc-editor.org/rfc/rfc8259#section-7</summary>
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(code => (char)code), '"', '\\']);

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1 << 20);
    private int _length;

    public CopyBuffer() => this.Write(Header);

    /// <summary>How many bytes there are.</summary>
    public int Length => _length;

    /// <summary>A row that another one has.</summary>
    public void AddRow(CopyBuffer other, Range row) => this.Write(other._bytes.AsSpan(0, other._length)[row]);

    /// <summary>The values follow, in the order of the columns.</summary>
    public void BeginRow(short columns)
    {
        BinaryPrimitives.WriteInt16BigEndian(GetSpan(sizeof(short)), columns);
        Advance(sizeof(short));
    }

    public void Add(string? text)
    {
        if (text is null)
        {
            AddRaw(Null);
            return;
        }

        var start = Begin();
        AddUtf8(text);
        End(start);
    }

    public void Add(int value)
    {
        AddRaw(sizeof(int));
        AddRaw(value);
    }

    public void Add(long value)
    {
        AddRaw(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(GetSpan(sizeof(long)), value);
        Advance(sizeof(long));
    }

    public void Add(bool value)
    {
        AddRaw(1);
        AddRaw(value ? (byte)1 : (byte)0);
    }

    public void Add(Guid value)
    {
        AddRaw(16);
        _ = value.TryWriteBytes(GetSpan(16), bigEndian: true, out var written);
        Advance(written);
    }

    /// <summary>In microseconds since 2000.</summary>
    public void Add(DateTimeOffset? at)
    {
        if (at is { } instant)
        {
            Add((instant.UtcTicks - new DateTime(2000, 1, 1).Ticks) / TimeSpan.TicksPerMicrosecond);
        }
        else
        {
            AddRaw(Null);
        }
    }

    public void Add(IReadOnlyList<string> texts)
    {
        var start = Begin();
        AddRaw(texts.Count == 0 ? 0 : 1); // dimensions
        AddRaw(0); // no element is null
        AddRaw(TextType);
        if (texts.Count > 0)
        {
            AddRaw(texts.Count);
            AddRaw(1); // the first index
            for (var index = 0; index < texts.Count; index++)
            {
                Add(texts[index]);
            }
        }

        End(start);
    }

    /// <summary>As jsonb.</summary>
    public void Add(Dictionary<string, string> texts)
    {
        var start = Begin();
        AddRaw(JsonbVersion);
        var before = (byte)'{';
        foreach (var (name, text) in texts)
        {
            AddRaw(before);
            AddJson(name);
            AddRaw((byte)':');
            AddJson(text);
            before = (byte)',';
        }

        this.Write(texts.Count == 0 ? "{}"u8 : "}"u8);
        End(start);
    }

    /// <summary>Sends the rows.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="target">The table and its columns.</param>
    public async Task SendAsync(NpgsqlConnection connection, string target, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"copy {target} from stdin (format binary)", cancellationToken);
        await copy.WriteAsync(_bytes.AsMemory(0, _length), cancellationToken);
        await copy.WriteAsync(Trailer, cancellationToken);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - _length < Math.Max(1, size))
        {
            var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, _length + size));
            _bytes.AsSpan(0, _length).CopyTo(bytes);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = bytes;
        }
    }

    private void AddRaw(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(GetSpan(sizeof(int)), value);
        Advance(sizeof(int));
    }

    private void AddRaw(byte value)
    {
        GetSpan(1)[0] = value;
        Advance(1);
    }

    private void AddUtf8(string text) =>
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    // The server reads it at once: nothing has to be safe for a browser.
    private void AddJson(string text)
    {
        AddRaw((byte)'"');
        if (text.AsSpan().ContainsAny(Escaped))
        {
            this.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        }
        else
        {
            AddUtf8(text);
        }

        AddRaw((byte)'"');
    }

    /// <summary>A value's length goes before it, and is known after it.</summary>
    private int Begin()
    {
        AddRaw(0);
        return _length;
    }

    private void End(int start) =>
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start - sizeof(int)), _length - start);
}
