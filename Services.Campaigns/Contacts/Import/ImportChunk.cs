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
    private const int Size = 10_000;

    private readonly Guid _firstId = Guid.CreateVersion7(at);
    private readonly List<Person> _people = new(Size);
    private readonly List<ImportRow> _rejected = [];

    public DateTimeOffset At => at;

    public int To => from + _people.Count + _rejected.Count + Duplicates;

    /// <summary>Each with the first row of the file that names their number.</summary>
    public IReadOnlyList<Person> People => _people;

    public IReadOnlyList<ImportRow> Rejected => _rejected;

    /// <summary>How many rows name a number that an earlier row of the file has.</summary>
    public int Duplicates { get; private set; }

    /// <summary>
    /// The contacts as if everybody were new: made by whoever reads the file, while the database is busy with the chunk
    /// before.
    /// </summary>
    public CopyBuffer Contacts { get; } = new();

    public void Dispose() => Contacts.Dispose();

    /// <summary>The contacts of some of the people.</summary>
    public CopyBuffer Some(Func<Person, bool> isWanted)
    {
        var some = new CopyBuffer();
        foreach (var person in _people.Where(isWanted))
        {
            some.AddRow(Contacts, person.Row);
        }

        return some;
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
                if (chunk.To % Size == 0 || chunk.To == job.MergedUpTo) // another version may have cut elsewhere
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
        else if (long.Parse(row.Details.Phone.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var number && !seen.Add(number))
        {
            Duplicates++;
        }
        else
        {
            var start = Contacts.Length;
            if (row.Number > job.MergedUpTo)
            {
                ImportCopy.AddContact(Contacts, row, this, job.Id);
            }

            // The rows themselves would live until the database has taken them, and the collector look at them all.
            _people.Add(new(number, start..Contacts.Length));
        }
    }

    /// <param name="Number">The phone number's digits.</param>
    /// <param name="Row">Where in <see cref="Contacts"/> theirs is.</param>
    internal readonly record struct Person(long Number, Range Row)
    {
        public string Phone => $"+{Number.ToString(CultureInfo.InvariantCulture)}";
    }
}
