using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace AppHost;

/// <summary>One line that a resource has written.</summary>
internal readonly record struct LogLine(DateTimeOffset At, string Resource, string Text);

/// <summary>The latest lines of all resources for those who come later, the new ones for those who watch.</summary>
internal sealed partial class LogBuffer(TimeProvider clock)
{
    private const int Kept = 2000;

    private readonly Lock gate = new();
    private readonly Queue<LogLine> lines = [];
    private readonly List<Channel<LogLine>> watchers = [];

    public LogLine Add(string resource, string text)
    {
        var line = new LogLine(clock.GetUtcNow(), resource, Colours().Replace(text, ""));
        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > Kept)
            {
                lines.Dequeue();
            }

            watchers.ForEach(watcher => watcher.Writer.TryWrite(line));
        }

        return line;
    }

    public async IAsyncEnumerable<LogLine> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A watcher that does not read loses lines; it costs no memory and stops nobody.
        var watcher = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(2 * Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            foreach (var line in lines)
            {
                watcher.Writer.TryWrite(line);
            }

            watchers.Add(watcher);
        }

        try
        {
            await foreach (var line in watcher.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(watcher);
            }
        }
    }

    [GeneratedRegex(@"\x1B\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colours();
}
