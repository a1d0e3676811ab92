using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Testing;

namespace ProviderEmulator.Tests;

public sealed class ScenarioTests
{
    [Fact]
    public async Task Answers_follow_the_script_one_a_message_and_then_all_is_well()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.PlayAsync(new
        {
            next = new object[]
            {
                new { fault = "tooManyRequests", times = 2 },
                new { fault = "serverError" },
                new { fault = "none" },
                new { fault = "unavailable" },
                new { fault = "refuse", status = 429, code = 63038 },
            },
        });

        var codes = new List<int?>();
        for (var i = 0; i < 7; i++)
        {
            using var response = await emulator.SendAsync($"{i}");
            var answer = await EmulatorFixture.JsonAsync(response);
            codes.Add(answer.TryGetProperty("code", out var code) ? code.GetInt32() : (int)response.StatusCode);
        }

        Assert.Equal([20429, 20429, 20500, 201, 20503, 63038, 201], codes);
        Assert.Equal(["6", "3"], await AcceptedAsync(emulator));
    }

    [Fact]
    public async Task What_was_accepted_before_the_answer_got_lost_is_in_the_list_and_the_rest_is_not()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.PlayAsync(new
        {
            next = new[]
            {
                new { fault = "cutBefore" },
                new { fault = "cutAfter" },
                new { fault = "acceptThenError" },
            },
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.SendAsync("cut before"));
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.SendAsync("cut after"));
        using var error = await emulator.SendAsync("error");

        await EmulatorFixture.AssertErrorAsync(error, 500, 20500);
        Assert.Equal(["error", "cut after"], await AcceptedAsync(emulator));
        var calls = await emulator.Sink.WaitForAsync(2);
        Assert.All(calls, call => Assert.Equal("63015", call["ErrorCode"]));
    }

    [Fact]
    public async Task A_slow_answer_comes_after_the_message_has_gone()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        await emulator.PlayAsync(new { next = new[] { new { fault = "slow", delayMs = 60_000 } } });
        using var impatience = new CancellationTokenSource();

        var answer = emulator.Twilio.PostAsync(
            EmulatorFixture.Messages,
            new FormUrlEncodedContent([
                new("To", $"whatsapp:{EmulatorFixture.Phone}"),
                new("From", EmulatorFixture.Sender),
                new("Body", "slow"),
                new("StatusCallback", emulator.Sink.Address.AbsoluteUri)]),
            impatience.Token);
        await emulator.Sink.WaitForAsync(3);

        Assert.False(answer.IsCompleted);
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => answer);
    }

    [Fact]
    public async Task Silence_accepts_nothing_and_answers_nothing()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        await emulator.PlayAsync(new { next = new[] { new { fault = "silent" } } });

        var answer = emulator.SendAsync("silent");
        await Eventually.BecomesTrueAsync(
            async () => (await emulator.LogAsync()).EnumerateArray().Any(arrival => arrival.TryGetProperty("fault", out _)),
            what: "the silent call has arrived");
        using var next = await emulator.SendAsync("next");

        Assert.False(answer.IsCompleted);
        Assert.Equal(["next"], await AcceptedAsync(emulator));
    }

    [Theory]
    [InlineData("acceptThenGarbage", 1)]
    [InlineData("acceptThenFlood", 1 << 20)]
    public async Task What_is_accepted_can_be_answered_with_something_else(string fault, int atLeast)
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        await emulator.PlayAsync(new { next = new[] { new { fault } } });

        using var answer = await emulator.SendAsync("kept");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.InRange(text.Length, atLeast, int.MaxValue);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));
        Assert.Equal(["kept"], await AcceptedAsync(emulator));
    }

    [Fact]
    public async Task A_phones_own_script_comes_before_everybodys()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { next = new[] { new { fault = "unavailable" } } });
        await emulator.PlayAsync(new { always = new[] { new { fault = "serverError" } } });

        using var own = await emulator.SendAsync();
        using var everybodys = await emulator.SendAsync();
        using var others = await emulator.SendAsync(to: "+33600000002");

        await EmulatorFixture.AssertErrorAsync(own, 503, 20503);
        await EmulatorFixture.AssertErrorAsync(everybodys, 500, 20500);
        await EmulatorFixture.AssertErrorAsync(others, 500, 20500);
    }

    [Fact]
    public void A_script_plays_each_fault_as_often_as_it_says_and_in_its_order() =>
        Prop.ForAll<PositiveInt[]>(times =>
        {
            var faults = times.Select((count, i) => new Fault { Code = i, Times = count.Get % 20 + 1 }).ToList();
            var script = new FaultScript(faults, [], new Random(1));
            var played = new List<int?>();
            while (script.TakeScripted() is { } fault)
            {
                played.Add(fault.Code);
            }

            return played.SequenceEqual(faults.SelectMany(fault => Enumerable.Repeat(fault.Code, fault.Times)))
                && script.Next.Count == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Drawn_faults_come_as_often_as_their_probability_and_alike_for_one_seed()
    {
        var script = Drawing(seed: 7);
        var draws = Enumerable.Range(0, 10_000).Select(_ => script.Draw() is not null).ToList();
        var again = Drawing(seed: 7);

        Assert.InRange(draws.Count(drawn => drawn), 2_700, 3_300);
        Assert.Equal(draws, Enumerable.Range(0, 10_000).Select(_ => again.Draw() is not null));

        static FaultScript Drawing(int seed) =>
            new([], [new Fault { Answer = AnswerFault.ServerError, Probability = 0.3 }], new Random(seed));
    }

    [Theory]
    [InlineData("""{"next":[{"fault":"serverErorr"}]}""")]
    [InlineData("""{"nxet":[]}""")]
    [InlineData("""{"next":[{"fault":"serverError","times":0}]}""")]
    [InlineData("""{"always":[{"fault":"serverError","probability":2}]}""")]
    public async Task A_misspelt_scenario_is_refused(string scenario)
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Control.PutAsync(
            "/scenario", new StringContent(scenario, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_log_tells_when_each_call_arrived_what_it_was_and_how_it_ended()
    {
        await using var emulator = await EmulatorFixture.StartAsync(("MinInterval", "00:00:03"));
        using var accepted = await emulator.SendAsync("first", callback: "status?m=1");
        emulator.Clock.Advance(TimeSpan.FromSeconds(2));
        (await emulator.SendAsync("second")).Dispose();
        await emulator.PlayAsync(new { next = new[] { new { fault = "cutBefore" } } });
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.SendAsync("third"));

        var log = (await emulator.LogAsync()).EnumerateArray().ToList();

        Assert.Equal([1, 2, 3], log.Select(arrival => arrival.GetProperty("number").GetInt64()));
        Assert.Equal(["first", "second", "third"], log.Select(arrival => arrival.GetProperty("body").GetString()));
        Assert.Equal(
            TimeSpan.FromSeconds(2),
            log[1].GetProperty("at").GetDateTimeOffset() - log[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal(201, log[0].GetProperty("status").GetInt32());
        Assert.Equal(
            (await EmulatorFixture.JsonAsync(accepted)).GetProperty("sid").GetString(),
            log[0].GetProperty("sid").GetString());
        Assert.EndsWith("status?m=1", log[0].GetProperty("statusCallback").GetString(), StringComparison.Ordinal);
        Assert.Equal((429, 63018), (log[1].GetProperty("status").GetInt32(), log[1].GetProperty("code").GetInt32()));
        Assert.Equal("cutBefore", log[2].GetProperty("fault").GetString());
        Assert.False(log[2].TryGetProperty("status", out _));

        var later = await emulator.Control.GetFromJsonAsync<JsonElement>("/log?after=2");
        Assert.Equal(1, later.GetArrayLength());
    }

    private static async Task<IEnumerable<string?>> AcceptedAsync(EmulatorFixture emulator) =>
        EmulatorFixture.Bodies(await emulator.GetAsync(EmulatorFixture.Messages));
}
