using System.Diagnostics;
using System.Globalization;
using Testing;

namespace Benchmarks;

/// <summary>
/// The whole local run at a production sender's pace, while the provider's reports pour in: how much of the allowed rate
/// is used, and how far the counters are behind.
/// </summary>
internal static class CampaignBenchmark
{
    private const int Rate = 80;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(150);

    /// <summary>The programs are compiled meanwhile, under half of the load.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(100);

    public static async Task<int> RunAsync(string[] options)
    {
        var (seconds, callbacks) = (Option(options, "--seconds", 60), Option(options, "--callbacks", 1000));
        var port = LocalRun.FreePort();
        await using var provider = await Provider.StartAsync(port, new Dictionary<string, string>
        {
            ["Emulator__Sandbox"] = "false",
            ["Emulator__MinInterval"] = "00:00:00",
            ["Emulator__Latency"] = Latency.ToString("c"),
            ["Emulator__KeptArrivals"] = "1000000",
        });
        await provider.PlayAsync(new { always = new[] { new { callbacks = "lost" } } }); // ours take their place
        var settings = provider.Settings;
        settings.Remove("MESSAGING_MIN_INTERVAL");
        settings["MESSAGING_RATE_PER_SECOND"] = Rate.ToString(CultureInfo.InvariantCulture);
        await using var run = await LocalRun.StartAsync(port, settings);
        await People.InviteAsync(run, Rate * (seconds + (int)WarmUp.TotalSeconds), _ => ["all"]);
        var campaign = await run.CreateCampaignAsync("Benchmark", new { all = true });
        await run.PostAsync($"/api/campaigns/{campaign}/launch", new { });

        var reports = new Reports(provider, run.Gateway);
        using var watching = new CancellationTokenSource();
        var watcher = Task.WhenAll(reports.FollowAsync(watching.Token), reports.CompareAsync(run, campaign, watching.Token));
        var load = new Load(port);
        await load.StreamAsync(callbacks / 2, WarmUp, reports.Next);
        var begun = TimeProvider.System.GetUtcNow();
        reports.ForgetLags();
        var before = Memory(run);
        var latencies = await load.StreamAsync(callbacks, TimeSpan.FromSeconds(seconds), reports.Next);
        var after = Memory(run);
        await watching.CancelAsync();
        await watcher;
        // What no report has told for two minutes is asked for at the provider, so there may be more.
        var stats = await run.StatsAsync(
            campaign, $"the {reports.Read} that were read", stats => (int)stats["read"]! >= reports.Read);

        Array.Sort(latencies);
        var arrivals = reports.Arrivals.Order().ToList();
        var steady = arrivals.Where(at => at > begun && at < arrivals[^1].AddSeconds(-1)).ToList();
        var perSecond = (steady.Count - 1) / (steady[^1] - steady[0]).TotalSeconds;
        Console.WriteLine($"sent after {WarmUp.TotalSeconds} s: {steady.Count}, {perSecond:F1}/s of {Rate} allowed "
            + $"({perSecond / Rate:P1}), at most {Pace.MostInASecond(arrivals)} in any second");
        Console.WriteLine("by ten seconds, a second, from the start: " + string.Join(' ', arrivals
            .CountBy(at => (int)((at - arrivals[0]).TotalSeconds / 10)).Select(part => part.Value / 10)));
        Console.WriteLine($"callbacks: {latencies.Length} answered, {callbacks}/s, p50 {latencies[latencies.Length / 2]:F1} ms, "
            + $"p99 {latencies[latencies.Length * 99 / 100]:F1} ms, max {latencies[^1]:F0} ms");
        Console.WriteLine($"counters: at most {reports.WorstLag.TotalSeconds:F2} s behind, "
            + $"{reports.MedianLag.TotalSeconds:F2} s in the median");
        Console.WriteLine($"read: {reports.Read} reported, {stats["read"]} counted");
        Console.WriteLine("memory, MB: " + string.Join(", ", before.Zip(
            after, (from, to) => $"{from.Part} {from.Megabytes} to {to.Megabytes}")));
        return 0;
    }

    private static List<(Part Part, long Megabytes)> Memory(LocalRun run)
    {
        var processes = new Processes(run.ProcessId);
        return [.. new[] { Part.Gateway, Part.Webhooks, Part.Campaigns, Part.Messaging }.Select(
            part => (part, processes.Of(part).Sum(id => Process.GetProcessById(id).WorkingSet64) >> 20))];
    }

    internal static int Option(string[] options, string name, int otherwise) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length
            ? int.Parse(options[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
}
