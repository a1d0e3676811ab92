using System.Globalization;
using System.Threading.Channels;

namespace Services.Campaigns;

/// <summary>
/// Some rows of a file that follow each other. A file gives the same chunks each time it is read, so that after a crash
/// those that were taken in already can be passed over.
/// </summary>
/// <param name="From">Rows are counted without the header; those of the chunk come after this one.</param>
/// <param name="Good">A row for each person, the first of the file that names their number.</param>
/// <param name="Duplicates">How many rows name a number that an earlier row of the file has.</param>
internal sealed record ImportChunk(
    int From, IReadOnlyList<ImportRow> Good, IReadOnlyList<ImportRow> Rejected, int Duplicates)
{
    private const int Size = 10_000;

    public int To => From + Good.Count + Rejected.Count + Duplicates;

    /// <summary>Reads all of the file, ahead of whoever takes the chunks, but not far.</summary>
    public static async Task ReadAllAsync(
        Stream file, ImportJob job, ChannelWriter<ImportChunk> chunks, CancellationToken cancellationToken)
    {
        try
        {
            var seen = new HashSet<long>();
            var (good, rejected, duplicates) = (new List<ImportRow>(Size), new List<ImportRow>(), 0);
            var last = 0;
            await foreach (var row in ImportRows.ReadAsync(file, job.Plan, cancellationToken))
            {
                last = row.Number;
                if (row.Details is null)
                {
                    rejected.Add(row);
                }
                else if (seen.Add(long.Parse(row.Details.Phone.Value.AsSpan(1), CultureInfo.InvariantCulture)))
                {
                    good.Add(row);
                }
                else
                {
                    duplicates++;
                }

                if (last % Size == 0)
                {
                    await PassOnAsync(last - Size);
                }
            }

            await PassOnAsync(last - last % Size);
            chunks.Complete();

            async Task PassOnAsync(int from)
            {
                var chunk = new ImportChunk(from, good, rejected, duplicates);
                if (chunk.To > job.MergedUpTo)
                {
                    await chunks.WriteAsync(chunk, cancellationToken);
                }

                (good, rejected, duplicates) = (new(Size), [], 0);
            }
        }
        catch (Exception exception)
        {
            chunks.Complete(exception); // whoever takes the chunks meets it
        }
    }
}
