namespace Faults.Tests;

public sealed class FaultTests(FaultTests.Theatre theatre) : IClassFixture<FaultTests.Theatre>
{
    private const int Prelude = 10;

    /// <summary>The short programme, or with <c>FAULTS=full</c> all of it; or what matches it.</summary>
    public static TheoryData<string, string> Programme()
    {
        var rows = new TheoryData<string, string>();
        foreach (var (layout, scenario) in Scenarios.Chosen(Environment.GetEnvironmentVariable("FAULTS")))
        {
            rows.Add(layout.Name, scenario.Name);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Programme), DisableDiscoveryEnumeration = true)] // in their order
    public async Task Nobody_is_missed_and_nobody_gets_it_twice_whatever_dies(string system, string fault)
    {
        var (layout, scenario) = Scenarios.All.Single(row => row.Layout.Name == system && row.Scenario.Name == fault);
        var stage = await theatre.OpenAsync(layout);
        var performance = await stage.LaunchAsync(scenario.Messages);
        try
        {
            await performance.ReachAsync(Prelude);
            await scenario.Act(performance);
            await performance.SettlesAsync(scenario.Patience);
        }
        catch (TimeoutException exception)
        {
            // What can be said all the same; and the next scenario begins afresh.
            await JudgeAsync(performance, scenario, exception.Message);
        }
        catch
        {
            await theatre.CloseAsync();
            throw;
        }

        await JudgeAsync(performance, scenario);
    }

    private async Task JudgeAsync(Performance performance, Scenario scenario, params string[] broken)
    {
        var verdict = await Ledger.CheckAsync(performance, scenario);
        theatre.Table.Add(performance.Stage.Layout, scenario, verdict);
        if (broken.Concat(verdict.Broken).ToList() is { Count: > 0 } all)
        {
            var log = Table.Keep(performance.Stage.Run.Output, scenario);
            if (broken.Length > 0)
            {
                await theatre.CloseAsync();
            }

            Assert.Fail($"{string.Join('\n', all)}\nThe run's output: {log}");
        }
    }

    /// <summary>One stage is open at a time; the next layout takes its place.</summary>
    public sealed class Theatre : IAsyncLifetime
    {
        private Stage? _stage;

        internal Table Table { get; } = new();

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync() => await CloseAsync();

        internal async Task<Stage> OpenAsync(Layout layout)
        {
            if (_stage?.Layout != layout)
            {
                await CloseAsync();
                _stage = await Stage.StartAsync(layout);
            }

            return _stage;
        }

        internal async Task CloseAsync()
        {
            if (_stage is { } stage)
            {
                _stage = null;
                await stage.DisposeAsync();
            }
        }
    }
}
