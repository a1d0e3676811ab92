using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults;

/// <summary>
/// The digest of a request's query and body, taken while whoever does the request reads it: so a file of any size goes
/// through once and is kept nowhere for it.
/// </summary>
/// <remarks>Clients choose the boundary of a form anew each time: it is passed over.</remarks>
internal sealed class RequestDigest : Stream
{
    private readonly Stream _body;
    private readonly IdempotencySeal _seal;
    private readonly IncrementalHash _hash;
    private readonly byte[] _boundary;
    private byte[] _held = [];

    /// <summary>Takes the place of the body of <paramref name="request"/>.</summary>
    public RequestDigest(HttpRequest request, IdempotencySeal seal)
    {
        (_body, _seal, _hash) = (request.Body, seal, seal.Hash());
        request.Body = this;
        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        // With the two dashes it stands nowhere else: https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
        _boundary = HeaderUtilities.RemoveQuotes(type?.Boundary ?? default) is { Length: > 0 } boundary
            ? Encoding.UTF8.GetBytes($"--{boundary}")
            : [];
        _hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString} {type?.MediaType}\n"));
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what nobody has read, too.</summary>
    public async Task<byte[]> FinishAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (await ReadAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _hash.AppendData(_held);
        return _seal.Digest(_hash.GetHashAndReset());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await _body.ReadAsync(buffer, cancellationToken);
        Take(buffer.Span[..length]);
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var length = _body.Read(buffer, offset, count);
        Take(buffer.AsSpan(offset, length));
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_boundary.Length == 0)
        {
            _hash.AppendData(bytes);
            return;
        }

        // What may be the beginning of a boundary waits for what follows.
        var length = _held.Length + bytes.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        _held.CopyTo(buffer, 0);
        bytes.CopyTo(buffer.AsSpan(_held.Length));
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
        for (int at; (at = rest.IndexOf(_boundary)) >= 0; rest = rest[(at + _boundary.Length)..])
        {
            _hash.AppendData(rest[..at]);
        }

        var held = Math.Min(rest.Length, _boundary.Length - 1);
        _hash.AppendData(rest[..^held]);
        _held = rest[^held..].ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
