using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Benchmarks;

/// <summary>
/// A file of people through <c>POST /api/contacts/import</c> against a bare COPY of the same rows, and what the service
/// is like meanwhile.
/// </summary>
internal static class ImportBenchmark
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] options)
    {
        var rows = options is ["--rows", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 1_000_000;
        await using var campaigns = await CampaignsProcess.StartAsync(new Dictionary<string, string>());
        var file = new PeopleFile(rows);
        await file.CopyBareAsync(campaigns.Database); // compiles, and warms the server up
        var others = new PeopleFile(rows, "+331");
        var path = await others.SendAsync(campaigns.Http); // likewise
        _ = await FinishAsync(campaigns, path);
        await campaigns.LatenciesAsync(path, 200);
        await campaigns.LatenciesAsync("/api/contacts", 200);
        var (before, _) = await TimeAsync(campaigns, () => file.CopyBareAsync(campaigns.Database));
        campaigns.ForgetPeak();
        var (upload, gap, import) = (TimeSpan.Zero, TimeSpan.Zero, default(JsonNode)!);
        var (time, latencies) = await TimeAsync(campaigns, async () =>
        {
            var started = Stopwatch.GetTimestamp();
            path = await file.SendAsync(campaigns.Http);
            upload = Stopwatch.GetElapsedTime(started);
            (import, gap) = await FinishAsync(campaigns, path);
        });
        var peak = campaigns.PeakMemory;
        var (after, _) = await TimeAsync(campaigns, () => file.CopyBareAsync(campaigns.Database));

        var bare = (before + after) / 2;
        Console.WriteLine(
            $"{rows} rows; bare COPY {before.TotalSeconds:F2} s before, {after.TotalSeconds:F2} s after; import "
            + $"{time.TotalSeconds:F2} s, {upload.TotalSeconds:F2} s of them until the answer: ratio {bare / time:F2}");
        Console.WriteLine($"memory {campaigns.IdleMemory:F0} MB, at most {peak:F0} MB more");
        Console.WriteLine($"progress stood still for at most {gap.TotalSeconds:F2} s");
        Console.WriteLine($"GET /api/contacts meanwhile: {CampaignsProcess.Told(latencies)}");
        var piles = (Of("rowsRead"), Of("inserted"), Of("duplicates"), Of("rejected"));
        var total = (int)(await campaigns.GetAsync("/api/contacts?limit=1"))["total"]!;
        Console.WriteLine($"{import["state"]}: read, inserted, duplicates, rejected {piles}; {total} contacts");
        return piles == (rows, file.People, file.Duplicates, file.Rejected) && total == file.People + others.People ? 0 : 1;

        int Of(string pile) => (int)import[pile]!;
    }

    /// <summary>How long it takes, while the list of contacts is asked for, and how long that takes.</summary>
    private static async Task<(TimeSpan Time, double[] Latencies)> TimeAsync(CampaignsProcess campaigns, Func<Task> work)
    {
        // Else it writes out what others have left, or makes the files of the log in which the next one writes.
        await campaigns.ExecuteAsync("checkpoint");
        using var done = new CancellationTokenSource();
        var listing = ListAsync(campaigns, done.Token);
        var started = Stopwatch.GetTimestamp();
        await work();
        var time = Stopwatch.GetElapsedTime(started);
        await done.CancelAsync();
        return (time, await listing);
    }

    /// <summary>Its end, and for how long its rows have not moved, once it takes them in.</summary>
    private static async Task<(JsonNode Import, TimeSpan Gap)> FinishAsync(CampaignsProcess campaigns, string path)
    {
        using var timer = new PeriodicTimer(Look);
        var (moved, last, gap) = (0L, -1, TimeSpan.Zero);
        while (true)
        {
            var import = await campaigns.GetAsync(path);
            var read = (int)import["rowsRead"]!;
            if ((string?)import["state"] is "completed" or "failed")
            {
                return (import, gap);
            }

            if (read != last && read > 0)
            {
                gap = moved == 0 ? gap : TimeSpan.FromTicks(
                    Math.Max(gap.Ticks, Stopwatch.GetElapsedTime(moved).Ticks));
                (moved, last) = (Stopwatch.GetTimestamp(), read);
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<double[]> ListAsync(CampaignsProcess campaigns, CancellationToken done)
    {
        using var timer = new PeriodicTimer(Look);
        var latencies = new List<double>();
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                latencies.AddRange(await campaigns.LatenciesAsync("/api/contacts", 1));
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // That was it.
        }

        return [.. latencies.Order()];
    }
}
