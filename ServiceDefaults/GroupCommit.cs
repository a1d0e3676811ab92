using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults;

/// <summary>
/// Many ask side by side that something be entered; one writer takes all that wait into a single commit. If a batch
/// fails, its items are entered one by one, and only the one at fault fails.
/// </summary>
public abstract class GroupCommit<T>(TimeProvider clock) : BackgroundService
{
    private const int BatchSize = 500;

    /// <summary>So many are worth a commit at once; fewer wait for others, if the last commit was just now.</summary>
    private const int WorthIt = 200;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// So many go on together once they are committed. All of a batch at once would keep every thread for a while, and
    /// what is due in that time would be late.
    /// </summary>
    private const int GoOnTogether = 8;

    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(4 * BatchSize) { SingleReader = true });

    /// <summary>Returns once the item is committed.</summary>
    public async Task EnterAsync(T item, CancellationToken cancellationToken)
    {
        var entry = new Entry(item);
        await _entries.Writer.WriteAsync(entry, cancellationToken);
        await entry.Committed.Task.WaitAsync(cancellationToken);
    }

    protected abstract Task CommitAsync(IReadOnlyList<T> batch, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Entry>(BatchSize);
        var committed = long.MinValue;
        while (await _entries.Reader.WaitToReadAsync(stoppingToken))
        {
            if (_entries.Reader.Count < WorthIt && committed != long.MinValue
                && Gather - clock.GetElapsedTime(committed) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, clock, stoppingToken);
            }

            batch.Clear();
            while (batch.Count < BatchSize && _entries.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            await EnterBatchAsync(batch, stoppingToken);
            committed = clock.GetTimestamp();
        }
    }

    private async Task EnterBatchAsync(List<Entry> batch, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(batch.ConvertAll(entry => entry.Item), cancellationToken);
            foreach (var some in batch.Chunk(GoOnTogether))
            {
                ThreadPool.UnsafeQueueUserWorkItem(GoOn, some, preferLocal: false);
            }
        }
        catch (Exception exception) when (batch.Count == 1 || Database.IsTransient(exception)
            || cancellationToken.IsCancellationRequested)
        {
            foreach (var entry in batch)
            {
                entry.Committed.TrySetException(exception); // the consumer's retry takes it from here
            }
        }
        catch (Exception)
        {
            foreach (var entry in batch)
            {
                await EnterBatchAsync([entry], cancellationToken);
            }
        }
    }

    private static void GoOn(Entry[] entries)
    {
        foreach (var entry in entries)
        {
            entry.Committed.TrySetResult();
        }
    }

    private sealed record Entry(T Item)
    {
        /// <summary>What waits for it goes on in the thread that completes it.</summary>
        public TaskCompletionSource Committed { get; } = new();
    }
}
