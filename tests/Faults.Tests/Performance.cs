using System.Text.Json.Nodes;
using Testing;

namespace Faults.Tests;

/// <summary>A campaign under way on a stage, and what is done to it meanwhile.</summary>
internal sealed class Performance(Stage stage, string campaign, int messages, long before)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] Moving =
        ["pending", "queued", "retrying", "sent", "delivered", "read", "failed", "cancelled", "skipped"];

    private readonly List<DateTimeOffset> _ends = [];

    public Stage Stage => stage;

    public int Messages => messages;

    /// <summary>When faults ended.</summary>
    public IReadOnlyList<DateTimeOffset> Ends => _ends;

    /// <summary>What the provider has been asked to send since the launch.</summary>
    public async Task<IReadOnlyList<Arrival>> ArrivalsAsync() =>
        [.. (await stage.Provider.LogAsync<Arrival>(before)).Where(arrival => arrival.IsOrder)];

    public Task ReachAsync(int arrivals) => Eventually.BecomesTrueAsync(
        async () => (await ArrivalsAsync()).Count >= arrivals, Patience, $"{arrivals} arrivals at the provider");

    /// <summary>Sending has gone on after the last fault; what comes within a second was on its way before.</summary>
    public async Task GoesOnAsync(int arrivals = 5)
    {
        var end = _ends[^1] + TimeSpan.FromSeconds(1);
        await Eventually.BecomesTrueAsync(
            async () => (await ArrivalsAsync()).Count(arrival => arrival.At > end) >= arrivals || await IsSettledAsync(),
            Patience, $"{arrivals} arrivals after the fault");
    }

    public void FaultEnds() => _ends.Add(TimeProvider.System.GetUtcNow());

    public static Task HoldAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    /// <summary>kill -9 of one of the part's processes; the AppHost starts it again.</summary>
    public async Task KillAsync(Part part)
    {
        var processes = await RunningAsync(part);
        Processes.Signal("KILL", processes[Random.Shared.Next(processes.Count)]);
        FaultEnds();
    }

    /// <summary>A process dies or freezes when it reaches the step.</summary>
    public async Task StopAtAsync(string step, string signal)
    {
        var ticket = stage.LayTicket(step, signal);
        await Eventually.BecomesTrueAsync(() => !File.Exists(ticket), Patience, $"somebody takes the ticket {step}");
        if (signal == "STOP")
        {
            var frozen = int.Parse(
                Path.GetExtension(Directory.GetFiles(Path.GetDirectoryName(ticket)!, $"{step}.STOP.*").Single())[1..],
                System.Globalization.CultureInfo.InvariantCulture);
            await HoldAsync(5);
            Processes.Signal("CONT", frozen);
            Array.ForEach(Directory.GetFiles(Path.GetDirectoryName(ticket)!), File.Delete);
        }

        FaultEnds();
    }

    /// <summary>kill -9 again and again, each time after it has recovered, until so many have been sent.</summary>
    public async Task KillAgainAsync(Part part, int until)
    {
        while ((await ArrivalsAsync()).Count < until)
        {
            await KillAsync(part);
            await GoesOnAsync();
            await HoldAsync(8 + 4 * Random.Shared.NextDouble());
        }
    }

    /// <summary>There, but without an answer.</summary>
    public async Task FreezeAsync(Part part, double seconds)
    {
        var process = (await RunningAsync(part))[0];
        Processes.SignalTree("STOP", process);
        await HoldAsync(seconds);
        Processes.SignalTree("CONT", process);
        FaultEnds();
    }

    /// <summary>
    /// For all at the same instant, as a machine's clock moves: libfaketime looks into its file once a second, in each
    /// process when its second is over; so the database, whose clock it is that counts, stands still meanwhile.
    /// </summary>
    public async Task MoveClocksAsync(TimeSpan by)
    {
        var database = (await RunningAsync(Part.Database))[0];
        Processes.SignalTree("STOP", database);
        stage.Clock!.Move(by);
        await HoldAsync(1.5);
        Processes.SignalTree("CONT", database);
        FaultEnds();
    }

    /// <summary>Not there: killed, and its successor frozen before it opens its port.</summary>
    public async Task TakeDownAsync(Part part, double seconds)
    {
        var process = (await RunningAsync(part))[0];
        Processes.Signal("KILL", process);
        var successor = await Eventually.ReturnsAsync(
            () => Task.FromResult(stage.Processes.Of(part).FirstOrDefault(id => id != process)), id => id != 0,
            Patience, $"{part} is started again");
        Processes.SignalTree("STOP", successor);
        await HoldAsync(seconds);
        Processes.SignalTree("CONT", successor);
        FaultEnds();
    }

    /// <summary>The provider behaves like this for so many messages.</summary>
    public Task NextAsync(string fault, int times, int delayMs = 5000, int code = 21211) =>
        stage.Provider.PlayAsync(new { next = new[] { new { fault, times, delayMs, code } } });

    /// <summary>The provider behaves like this, for this share of the messages.</summary>
    public Task AlwaysAsync(string fault, double probability = 1, string callbacks = "none", int delayMs = 5000) =>
        stage.Provider.PlayAsync(new { always = new[] { new { fault, probability, callbacks, delayMs } } });

    /// <summary>The provider is well again.</summary>
    public async Task WellAsync()
    {
        await stage.Provider.PlayAsync(new { });
        FaultEnds();
    }

    public Task<string> BrokerControlAsync(params string[] arguments) =>
        BrokerControl.RunAsync(stage.Processes.Of(Part.Broker)[0], arguments);

    public Task SteerAsync(string verb) => stage.Run.PostAsync($"/api/campaigns/{campaign}/{verb}", new { });

    public Task<JsonNode> StatsAsync() => PatientlyAsync(() => stage.Run.GetAsync($"/api/campaigns/{campaign}/stats"));

    public async Task<IReadOnlyList<JsonNode>> RowsAsync()
    {
        var rows = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var path = $"/api/campaigns/{campaign}/messages?limit=500"
                + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
            var page = await PatientlyAsync(() => stage.Run.GetAsync(path));
            rows.AddRange(page["items"]!.AsArray().Select(row => row!));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        return rows;
    }

    /// <summary>Nothing waits any more, and what has been sent is reported as read, unless reports may be lost.</summary>
    public async Task<bool> IsSettledAsync() => IsSettled(await StatsAsync(), allRead: false);

    /// <summary>What our own check of the books finds.</summary>
    public async Task<IReadOnlyList<string>> BooksAsync()
    {
        await PatientlyAsync(() => stage.Run.PostAsync($"/api/stats/books/check?campaignId={campaign}", new { }));
        var books = await Eventually.ReturnsAsync(
            () => PatientlyAsync(() => stage.Run.GetAsync($"/api/stats/books?campaignId={campaign}")),
            books => !books["running"]!.GetValue<bool>() && books["campaigns"]!.AsArray().Count == 1, Patience,
            "the books are checked");
        var ours = books["campaigns"]![0]!;
        return
        [
            .. ours["ledger"] is null || ours["provider"] is null ? ["the books were not compared"] : Array.Empty<string>(),
            .. ours["differences"]!.AsArray().Select(difference => $"the books differ: {difference!.ToJsonString()}"),
        ];
    }

    /// <summary>Waits until all is settled, for as long as something still changes: machines may be slow.</summary>
    public async Task SettlesAsync(TimeSpan patience)
    {
        var (last, changed) = ("", TimeProvider.System.GetTimestamp());
        for (var stats = await StatsAsync(); !IsSettled(stats, allRead: true); stats = await StatsAsync())
        {
            var counters = string.Join(' ', Moving.Select(counter => $"{counter} {stats[counter]}"));
            changed = counters == last ? changed : TimeProvider.System.GetTimestamp();
            last = counters;
            if (TimeProvider.System.GetElapsedTime(changed) > patience)
            {
                throw new TimeoutException($"Nothing has changed for {patience.TotalSeconds:0} s: {last}");
            }

            await HoldAsync(0.5);
        }
    }

    private static bool IsSettled(JsonNode stats, bool allRead)
    {
        return stats["status"]!.GetValue<string>() is "completed" or "cancelled"
            && Number("pending") + Number("queued") + Number("retrying") == 0
            && (!allRead || Number("read") == Number("sent"));

        long Number(string counter) => stats[counter]!.GetValue<long>();
    }

    private Task<IReadOnlyList<int>> RunningAsync(Part part) => Eventually.ReturnsAsync(
        () => Task.FromResult(stage.Processes.Of(part)), processes => processes.Count > 0, Patience, $"{part} runs");

    /// <summary>The gateway, too, may be away for a while.</summary>
    private static async Task<JsonNode> PatientlyAsync(Func<Task<JsonNode>> ask)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (
                exception is HttpRequestException or TaskCanceledException
                && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await HoldAsync(0.2);
            }
        }
    }
}
