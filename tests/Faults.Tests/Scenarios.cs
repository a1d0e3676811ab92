using System.Net;
using System.Text.RegularExpressions;
using Testing;

namespace Faults.Tests;

/// <summary>The programme. Some are played by every test run, all by <c>./test.sh --faults</c>.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan AfterServers = TimeSpan.FromSeconds(20);

    /// <summary>By then all outcomes may be unknown, and they are looked for at growing distances.</summary>
    private static readonly TimeSpan AfterTheProvider = TimeSpan.FromSeconds(60);

    private static readonly string[] Steps =
        ["before-claim", "after-claim", "before-call", "after-call", "before-publish"];

    /// <summary>Played by every test run.</summary>
    private static readonly (Layout Layout, Scenario Scenario)[] Short =
    [
        .. Steps.Select(step => (Layout.Strict, KillAt(step, 40, times: 1))),
        (Layout.Strict, new("Messaging frozen 5 s between claim and call", 40, play => Step(play, "after-claim", "STOP"))),
        (Layout.Strict, new("kill -9 of RabbitMQ", 100, play => Kill(play, Part.Broker)) { RecoversWithin = AfterServers }),
        (Layout.Strict, new("kill -9 of PostgreSQL", 100, play => Kill(play, Part.Database)) { RecoversWithin = AfterServers }),
        (Layout.Strict, new("accepted, then 500, cut, silence, nonsense", 40, AnswersAreWrong)),
        (Layout.Strict, new("paused, resumed, cancelled", 100, SteerAsync) { Cancels = true }),
    ];

    private static readonly (Layout Layout, Scenario Scenario)[] Long =
    [
        .. Steps.Select(step => (Layout.Strict, KillAt(step, 200, times: 3))),
        (Layout.Strict, new("Messaging frozen 5 s after the last look at the clock", 100, play => Step(play, "before-call", "STOP"))),
        .. Enum.GetValues<Part>().Select(part => (Layout.Strict, KillAgain(part, 500))),
        .. Servers(Layout.Strict, 500),
        (Layout.Strict, new("RabbitMQ and PostgreSQL down for 25 s", 200, NeitherServerAsync)
        {
            RecoversWithin = AfterServers,
        }),
        .. Answers(),
        .. Callbacks(Layout.Strict, 200),
        (Layout.Strict, new("0 to 300 ms at the provider's door, at random", 200, SlowDoorAsync)),
        (Layout.Strict, new("the provider's door shut for 30 s", 200, ShutDoorAsync) { RecoversWithin = AfterTheProvider }),

        (Layout.Fast, new("none", 4000, _ => Task.CompletedTask) { JudgesPace = true }),
        .. Steps.Select(step => (Layout.Fast, KillAt(step, 1000, times: 1))),
        (Layout.Fast, new("Messaging frozen 5 s between claim and call", 1000, play => Step(play, "after-claim", "STOP"))),
        (Layout.Fast, new("paused, resumed, cancelled", 1000, SteerAsync) { Cancels = true }),
        (Layout.Fast, new("Messaging frozen 1.5 s, at random", 1000, play => play.FreezeAsync(Part.Messaging, 1.5))),
        .. Enum.GetValues<Part>().Select(part => (Layout.Fast, KillAgain(part, 1000))),
        .. Servers(Layout.Fast, 1000),
        .. Callbacks(Layout.Fast, 1000),

        (Layout.Strict2, KillAgain(Part.Messaging, 200)),
        (Layout.Strict2, new("Messaging frozen 5 s between claim and call", 200, play => Step(play, "after-claim", "STOP"))),
        (Layout.Fast2, KillAgain(Part.Messaging, 2000)),
        (Layout.Fast2, KillAgain(Part.Campaigns, 2000)),
        (Layout.Fast4, KillAgain(Part.Messaging, 2000)),
        (Layout.Fast4, KillAgain(Part.Campaigns, 2000)),

        .. FalseClock.IsInstalled ? Clocks(Layout.StrictClock, 200).Concat(Clocks(Layout.FastClock, 1000)) : [],

        (Layout.Sandbox, new("none", 40, _ => Task.CompletedTask) { JudgesPace = true }),
        (Layout.Sandbox, new("none, a reply while 10,000 wait", 10_000, ReplyAsync) { Cancels = true, Message2 = 1 }),
    ];

    public static IReadOnlyList<(Layout Layout, Scenario Scenario)> All { get; } = [.. Short, .. Long];

    /// <summary>False in the run of all tests, which plays the short programme.</summary>
    public static bool AreAllPlayed { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FAULTS"));

    /// <param name="wish">Nothing: the short programme; <c>full</c>; or a pattern of the lines wished for.</param>
    public static IEnumerable<(Layout Layout, Scenario Scenario)> Chosen(string? wish) => wish switch
    {
        null or "" => Short,
        "full" => All,
        _ => All.Where(row => Regex.IsMatch($"{row.Layout.Name}: {row.Scenario.Name}", wish)),
    };

    private static Scenario KillAt(string step, int messages, int times) => new(
        $"kill -9 of Messaging {step.Replace('-', ' ')}{(times > 1 ? $", {times} times" : "")}", messages,
        async play =>
        {
            for (var time = 0; time < times; time++)
            {
                await Step(play, step, "KILL");
            }
        });

    private static Scenario KillAgain(Part part, int messages) => new(
        $"kill -9 of {NameOf(part)} again and again", messages,
        play => play.KillAgainAsync(part, until: messages * 8 / 10))
    {
        RecoversWithin = part is Part.Broker or Part.Database ? AfterServers : TimeSpan.FromSeconds(10),
    };

    private static IEnumerable<(Layout Layout, Scenario Scenario)> Servers(Layout layout, int messages) =>
    [
        (layout, new("RabbitMQ down for 60 s", messages, play => play.TakeDownAsync(Part.Broker, 60))
        {
            RecoversWithin = AfterServers,
        }),
        (layout, new("RabbitMQ frozen for 20 s", messages, play => play.FreezeAsync(Part.Broker, 20))
        {
            RecoversWithin = AfterServers,
        }),
        (layout, new("RabbitMQ out of memory for 20 s", messages, MemoryAlarmAsync) { RecoversWithin = AfterServers }),
        (layout, new("PostgreSQL down for 30 s", messages, play => play.TakeDownAsync(Part.Database, 30))
        {
            RecoversWithin = AfterServers,
        }),
        (layout, new("PostgreSQL frozen for 20 s", messages, play => play.FreezeAsync(Part.Database, 20))
        {
            RecoversWithin = AfterServers,
        }),
    ];

    private static IEnumerable<(Layout Layout, Scenario Scenario)> Answers() =>
    [
        (Layout.Strict, Next("429", "tooManyRequests", 6)),
        (Layout.Strict, Next("500", "serverError", 20)),
        (Layout.Strict, Next("503 with 20503", "unavailable", 20)),
        (Layout.Strict, Next("cut before it is accepted", "cutBefore", 20)),
        (Layout.Strict, Next("cut after it is accepted", "cutAfter", 20)),
        (Layout.Strict, Next("accepted, and answered 500", "acceptThenError", 20)),
        (Layout.Strict, Next("accepted, and answered with no JSON", "acceptThenGarbage", 10)),
        (Layout.Strict, Next("accepted, and answered with 16 MB", "acceptThenFlood", 10)),
        (Layout.Strict, Next("callbacks before the answer", "slow", 20, delayMs: 1500)),
        (Layout.Strict, Next("refused for good", "refuse", 20) with { Refused = 20 }),
        (Layout.Strict, new("60 s of silence", 200, async play =>
        {
            await play.AlwaysAsync("silent");
            await Performance.HoldAsync(60);
            await play.WellAsync();
        })
        {
            RecoversWithin = AfterTheProvider,
        }),
    ];

    private static IEnumerable<(Layout Layout, Scenario Scenario)> Clocks(Layout layout, int messages) =>
        from hours in new[] { 1, -1 }
        select (layout, new Scenario($"all clocks {hours:+0;-0} h", messages, play =>
            play.MoveClocksAsync(TimeSpan.FromHours(hours))));

    private static Scenario Next(string name, string fault, int times, int delayMs = 0) =>
        new($"{times} times {name}", 100, play => play.NextAsync(fault, times, delayMs));

    private static IEnumerable<(Layout Layout, Scenario Scenario)> Callbacks(Layout layout, int messages) =>
    [
        (layout, Reported("twice", "twice")),
        (layout, Reported("in reverse", "outOfOrder")),
        (layout, Reported("5 s late", "late")),
        (layout, Reported("lost, all of them", "lost")),
    ];

    private static Scenario Reported(string name, string callbacks) =>
        new($"callbacks {name}", 200, play => play.AlwaysAsync("none", callbacks: callbacks));

    private static async Task Step(Performance play, string step, string signal)
    {
        await play.StopAtAsync(step, signal);
        await play.GoesOnAsync();
    }

    private static async Task Kill(Performance play, Part part)
    {
        await play.KillAsync(part);
        await play.GoesOnAsync();
    }

    private static Task AnswersAreWrong(Performance play) => play.Stage.Provider.PlayAsync(new
    {
        next = new object[]
        {
            new { fault = "acceptThenError" }, new { fault = "cutAfter" }, new { fault = "cutBefore" },
            new { fault = "silent" }, new { fault = "serverError" }, new { fault = "acceptThenGarbage" },
            new { fault = "tooManyRequests", callbacks = "twice" }, new { fault = "slow", delayMs = 1500 },
        },
    });

    private static async Task SlowDoorAsync(Performance play)
    {
        play.Stage.Door.Delay = TimeSpan.FromMilliseconds(300);
        await play.ReachAsync(play.Messages * 8 / 10);
        play.Stage.Door.Delay = TimeSpan.Zero;
    }

    private static async Task ShutDoorAsync(Performance play)
    {
        play.Stage.Door.Shut = true;
        await Performance.HoldAsync(30);
        play.Stage.Door.Shut = false;
        play.FaultEnds();
    }

    private static async Task MemoryAlarmAsync(Performance play)
    {
        await play.BrokerControlAsync("set_vm_memory_high_watermark", "0.000001");
        await Performance.HoldAsync(20);
        await play.BrokerControlAsync("set_vm_memory_high_watermark", "0.4");
        play.FaultEnds();
    }

    /// <summary>Then webhooks are refused: what cannot be kept must not be taken.</summary>
    private static async Task NeitherServerAsync(Performance play)
    {
        Assert.Equal(HttpStatusCode.OK, await Callback.PostAsync(play.Stage.Run.Gateway));
        var down = Task.WhenAll(play.TakeDownAsync(Part.Broker, 25), play.TakeDownAsync(Part.Database, 25));
        await Performance.HoldAsync(8);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Callback.PostAsync(play.Stage.Run.Gateway));
        await down;
        await Eventually.BecomesTrueAsync(
            async () => await Callback.PostAsync(play.Stage.Run.Gateway) == HttpStatusCode.OK,
            TimeSpan.FromSeconds(60), "webhooks are taken again");
    }

    private static async Task SteerAsync(Performance play)
    {
        await HaltAsync(play, "pause");
        await Performance.HoldAsync(3);
        await play.SteerAsync("resume");
        await play.ReachAsync(play.Messages / 2);
        await HaltAsync(play, "cancel");
        await Performance.HoldAsync(3);
    }

    /// <summary>After the answer at most one more leaves.</summary>
    private static async Task HaltAsync(Performance play, string verb)
    {
        await play.SteerAsync(verb);
        var then = TimeProvider.System.GetUtcNow();
        await Performance.HoldAsync(3);
        var late = (await play.ArrivalsAsync()).Count(arrival => arrival.At > then);
        Assert.True(late <= 1, $"{late} messages left after the answer to {verb}");
    }

    /// <summary>Somebody replies, and is answered within two intervals, however many wait.</summary>
    private static async Task ReplyAsync(Performance play)
    {
        var layout = play.Stage.Layout;
        var answered = (await play.ArrivalsAsync())[0].To!.Replace("whatsapp:", "", StringComparison.Ordinal);
        await play.Stage.Provider.ReplyAsync(answered, "Oui");
        var asked = TimeProvider.System.GetUtcNow();
        await Performance.HoldAsync(4 * layout.MinInterval.TotalSeconds);
        var answer = (await play.ArrivalsAsync())
            .Single(arrival => arrival.At > asked && arrival.To!.EndsWith(answered, StringComparison.Ordinal));
        Assert.InRange(answer.At - asked, TimeSpan.Zero, 2 * (layout.MinInterval + layout.Latency));
        await HaltAsync(play, "cancel");
    }

    private static string NameOf(Part part) => part switch
    {
        Part.Broker => "RabbitMQ",
        Part.Database => "PostgreSQL",
        _ => part.ToString(),
    };
}
