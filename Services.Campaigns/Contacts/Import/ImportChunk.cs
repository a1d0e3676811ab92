using System.Buffers.Binary;
using System.Globalization;
using System.Threading.Channels;

namespace Services.Campaigns;

/// <summary>
/// Some rows of a file that follow each other. A file gives the same chunks each time it is read, so that after a crash
/// those that were taken in already can be passed over.
/// </summary>
/// <param name="from">Rows are counted without the header; those of the chunk come after this one.</param>
/// <param name="at">When its contacts are made or changed.</param>
internal sealed class ImportChunk(int from, DateTimeOffset at) : IDisposable
{
    private const int Size = 5_000;

    private readonly Guid _firstId = Guid.CreateVersion7(at);
    private readonly List<ImportRow> _good = new(Size);
    private readonly List<ImportRow> _rejected = [];

    public DateTimeOffset At => at;

    public int To => from + _good.Count + _rejected.Count + Duplicates;

    /// <summary>A row for each person, the first of the file that names their number.</summary>
    public IReadOnlyList<ImportRow> Good => _good;

    public IReadOnlyList<ImportRow> Rejected => _rejected;

    /// <summary>How many rows name a number that an earlier row of the file has.</summary>
    public int Duplicates { get; private set; }

    /// <summary>
    /// The contacts as if everybody were new: made by whoever reads the file, while the database is busy with the chunk
    /// before.
    /// </summary>
    public CopyBuffer Contacts { get; } = new();

    public void Dispose() => Contacts.Dispose();

    /// <summary>The contacts as new ones, of some of the people.</summary>
    public CopyBuffer Encode(Guid import, Func<ImportRow, bool> isWanted)
    {
        var copy = new CopyBuffer();
        foreach (var row in _good.Where(isWanted))
        {
            ImportCopy.AddContact(copy, row, this, import);
        }

        return copy;
    }

    /// <summary>
    /// The row's contact, if it is to be a new one. Ids in the order of the file are where the indexes grow best.
    /// https://www.rfc-editor.org/rfc/rfc9562#section-6.2
    /// </summary>
    public Guid IdOf(ImportRow row)
    {
        Span<byte> id = stackalloc byte[16];
        _ = _firstId.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(id[^sizeof(int)..], row.Number); // 42 random bits are left
        return new(id, bigEndian: true);
    }

    /// <summary>Reads all of the file, ahead of whoever takes the chunks, but not far.</summary>
    public static async Task ReadAllAsync(
        Stream file, ImportJob job, TimeProvider clock, ChannelWriter<ImportChunk> chunks,
        CancellationToken cancellationToken)
    {
        try
        {
            var seen = new HashSet<long>();
            var chunk = new ImportChunk(0, clock.GetUtcNow());
            await foreach (var row in ImportRows.ReadAsync(file, job.Plan, cancellationToken))
            {
                chunk.Add(row, job, seen);
                if (chunk.To % Size == 0)
                {
                    await PassOnAsync();
                    chunk = new(chunk.To, clock.GetUtcNow());
                }
            }

            await PassOnAsync();
            chunks.Complete();

            async Task PassOnAsync()
            {
                if (chunk.To > job.MergedUpTo)
                {
                    await chunks.WriteAsync(chunk, cancellationToken);
                }
                else
                {
                    chunk.Dispose();
                }
            }
        }
        catch (Exception exception)
        {
            chunks.Complete(exception); // whoever takes the chunks meets it
        }
    }

    private void Add(ImportRow row, ImportJob job, HashSet<long> seen)
    {
        if (row.Details is null)
        {
            _rejected.Add(row);
        }
        else if (!seen.Add(long.Parse(row.Details.Phone.Value.AsSpan(1), CultureInfo.InvariantCulture)))
        {
            Duplicates++;
        }
        else
        {
            _good.Add(row);
            if (row.Number > job.MergedUpTo)
            {
                ImportCopy.AddContact(Contacts, row, this, job.Id);
            }
        }
    }
}
