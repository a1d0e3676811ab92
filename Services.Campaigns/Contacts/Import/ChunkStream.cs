using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A kept file as one stream. One piece of it is in memory at a time.</summary>
internal sealed class ChunkStream(NpgsqlDataSource database, Guid importId) : Stream
{
    private byte[] _buffer = []; // one for all pieces: else each is an object of the size that the collector dreads
    private ReadOnlyMemory<byte> _chunk;
    private int _next;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_chunk.IsEmpty)
        {
            await using var command = database.Command(
                "select bytes from contact_import_chunks where import_id = $1 and number = $2", importId, _next++);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                var length = (int)reader.GetBytes(0, 0, null, 0, 0);
                _buffer = _buffer.Length < length ? new byte[length] : _buffer;
                _chunk = _buffer.AsMemory(0, (int)reader.GetBytes(0, 0, _buffer, 0, length));
            }
        }

        var count = Math.Min(buffer.Length, _chunk.Length);
        _chunk[..count].CopyTo(buffer);
        _chunk = _chunk[count..];
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it async.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
