using System.Text.Json.Nodes;
using Testing;

namespace Faults.Tests;

/// <summary>What came of a scenario, by the provider's log and our books.</summary>
/// <param name="LeastGap">Between two arrivals at the provider.</param>
/// <param name="MostInASecond">Arrivals in any window of one second.</param>
/// <param name="Period">Average time between arrivals.</param>
/// <param name="Recovery">The longest time from the end of a fault to the next arrival.</param>
/// <param name="Broken">The promises that were not kept.</param>
internal sealed record Verdict(
    int Messages, int Lost, int Doubled, TimeSpan LeastGap, int MostInASecond, TimeSpan Period, TimeSpan? Recovery,
    IReadOnlyList<string> Broken);

/// <summary>Compares what the provider has seen with what we say, message by message.</summary>
internal static class Ledger
{
    private const int Shown = 5;

    public static async Task<Verdict> CheckAsync(Performance performance, Scenario scenario)
    {
        var layout = performance.Stage.Layout;
        var (arrivals, rows, stats) =
            (await performance.ArrivalsAsync(), await performance.RowsAsync(), await performance.StatsAsync());
        var broken = new List<string>();
        var (lost, doubled) = CompareMessages(scenario, arrivals, rows, broken);
        CompareCounters(stats, rows, broken);
        broken.AddRange(await AsideAsync(performance));
        broken.AddRange(await performance.BooksAsync());

        var times = arrivals.Select(arrival => arrival.At).Order().ToList();
        var gaps = times.Zip(times.Skip(1), (one, next) => next - one).ToList();
        var most = Pace.MostInASecond(times);
        // Of the second half: in the first the programs have just been started, and are being compiled.
        var half = gaps.Count / 2;
        var period = half == 0 ? TimeSpan.Zero : (times[^1] - times[^(half + 1)]) / half;
        if (layout.IsStrict && gaps.Min() < layout.MinInterval)
        {
            broken.Add($"two arrivals are only {gaps.Min().TotalMilliseconds:0} ms apart");
        }

        if (most > layout.RatePerSecond)
        {
            broken.Add($"{most} arrivals within a second");
        }

        var recovery = performance.Ends.Select(end => Recovery(times, end)).Max();
        // A run of all tests plays this on machines of all kinds, beside others: there it only must not take for ever.
        if (recovery > (Scenarios.AreAllPlayed ? 1 : 3) * scenario.RecoversWithin)
        {
            broken.Add($"sending went on {recovery.Value.TotalSeconds:0.0} s after the fault's end");
        }

        if (scenario.JudgesPace)
        {
            JudgePace(layout, period, broken);
        }

        return new(rows.Count, lost, doubled, gaps.Min(), most, period, recovery, broken);
    }

    private static (int Lost, int Doubled) CompareMessages(
        Scenario scenario, IReadOnlyList<Arrival> arrivals, IReadOnlyList<JsonNode> rows, List<string> broken)
    {
        var accepted = arrivals.Where(arrival => arrival.Sid is not null).ToLookup(arrival => arrival.MessageId);
        var lost = new List<string>();
        var doubled = accepted.Where(copies => copies.Count() > 1).Select(copies => $"{copies.Key}").ToList();
        var other = new List<string>();
        var refused = 0;
        foreach (var row in rows)
        {
            var (id, status) = (row["id"]!.GetValue<Guid>(), row["status"]!.GetValue<string>());
            var sids = accepted[id].Select(arrival => arrival.Sid).ToList();
            switch (status)
            {
                case "sent" or "delivered" or "read":
                    if (sids.Count == 0)
                    {
                        lost.Add($"{id} is {status}, but the provider has never accepted it");
                    }
                    else if (!sids.Contains(row["whatsappMessageId"]?.GetValue<string>()))
                    {
                        other.Add($"{id} has another id than at the provider");
                    }
                    else if (status != "read")
                    {
                        other.Add($"{id} is {status}, but has been read");
                    }

                    break;
                case "failed" when sids.Count == 0 && IsPermanent(row):
                    refused++;
                    break;
                case "cancelled" when scenario.Cancels && sids.Count == 0:
                    break;
                case "failed" when sids.Count == 0:
                    lost.Add($"{id} has failed with {row["error"]!["code"]}");
                    break;
                default:
                    other.Add($"{id} is {status}, and the provider has accepted it {sids.Count} times");
                    break;
            }
        }

        var known = rows.Select(row => row["id"]!.GetValue<Guid>()).ToHashSet();
        other.AddRange(accepted.Where(copies => !known.Contains(copies.Key)).Select(copies => $"{copies.Key} is not ours"));
        Add("lost", lost);
        Add("doubled", doubled);
        Add("wrong", other);
        var expected = (scenario.Messages + scenario.Message2, scenario.Refused);
        if ((rows.Count, refused) != expected)
        {
            broken.Add($"messages and refused: {(rows.Count, refused)}; expected were {expected}");
        }

        return (lost.Count, accepted.Sum(copies => copies.Count() - 1));

        void Add(string what, List<string> messages)
        {
            if (messages.Count > 0)
            {
                broken.Add($"{messages.Count} {what}: {string.Join(", ", messages.Take(Shown))}");
            }
        }
    }

    private static bool IsPermanent(JsonNode row) =>
        row["error"] is { } error && error["permanent"]!.GetValue<bool>();

    /// <summary>The counters, against a recount of the rows.</summary>
    private static void CompareCounters(JsonNode stats, IReadOnlyList<JsonNode> all, List<string> broken)
    {
        var rows = all.Where(row => row["kind"]!.GetValue<string>() == "message1").ToList();
        var count = rows.CountBy(row => row["status"]!.GetValue<string>()).ToDictionary();
        var delivered = Of("delivered") + Of("read");
        Compare("total", rows.Count);
        Compare("pending", Of("pending"));
        Compare("queued", Of("queued") + Of("sending"));
        Compare("retrying", Of("retrying"));
        Compare("sent", Of("sent") + delivered);
        Compare("delivered", delivered);
        Compare("read", Of("read"));
        Compare("failed", Of("failed"));
        Compare("cancelled", Of("cancelled"));
        Compare("skipped", Of("skipped"));

        int Of(string status) => count.GetValueOrDefault(status);

        void Compare(string counter, int recount)
        {
            if (stats[counter]!.GetValue<long>() != recount)
            {
                broken.Add($"the counter {counter} says {stats[counter]}, a recount {recount}");
            }
        }
    }

    /// <summary>Queues of messages that nobody could handle, with how many.</summary>
    private static async Task<IEnumerable<string>> AsideAsync(Performance performance) =>
        (await performance.BrokerControlAsync("list_queues", "name", "messages", "--no-table-headers")).Split('\n')
            .Select(line => line.Split('\t')).Where(line => line is [var name, not "0"]
                && (name.EndsWith("_error", StringComparison.Ordinal)
                    || name.EndsWith("_skipped", StringComparison.Ordinal)))
            .Select(line => $"{line[1]} messages in {line[0]}");

    /// <summary>
    /// How long after the fault's end the silence lasted. What was on its way when a process died may still arrive and
    /// is no recovery: so the longest silence of those that begin within a second.
    /// </summary>
    private static TimeSpan? Recovery(List<DateTimeOffset> times, DateTimeOffset end) =>
        times.Prepend(end).Zip(times, (from, to) => (From: from > end ? from : end, To: to))
            .Where(pair => pair.To > end && pair.From < end + TimeSpan.FromSeconds(1))
            .Select(pair => (TimeSpan?)(pair.To - pair.From)).Max();

    private static void JudgePace(Layout layout, TimeSpan period, List<string> broken)
    {
        var allowed = layout.RatePerSecond is { } rate
            ? TimeSpan.FromSeconds(1 / (0.95 * rate))
            : 1.01 * (layout.MinInterval + layout.Latency);
        if (period > allowed)
        {
            broken.Add($"{period.TotalMilliseconds:0.0} ms between arrivals on average, "
                + $"{allowed.TotalMilliseconds:0.0} ms are allowed");
        }
    }
}
