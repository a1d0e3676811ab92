namespace Faults.Tests;

/// <summary>The programme. Those marked are played by every test run, all by <c>./test.sh --faults</c>.</summary>
internal static class Scenarios
{
    public static IReadOnlyList<(Layout Layout, Scenario Scenario, bool Always)> All { get; } =
    [
        .. Steps.Select(step => (Layout.Strict, KillAt(step), true)),
        (Layout.Strict, new("frozen 5 s between claim and call", 100, play => AtStepAsync(play, "after-claim", "STOP")), true),
    ];

    private static string[] Steps => ["before-claim", "after-claim", "before-call", "after-call", "before-publish"];

    public static IEnumerable<(Layout Layout, Scenario Scenario)> Chosen(string? wish) =>
        All.Where(row => wish switch
        {
            null or "" => row.Always,
            "full" => true,
            _ => $"{row.Layout.Name} {row.Scenario.Name}".Contains(wish, StringComparison.Ordinal),
        }).Select(row => (row.Layout, row.Scenario));

    private static Scenario KillAt(string step) => new(
        $"kill -9 of Messaging, {step.Replace('-', ' ')}", 100, play => AtStepAsync(play, step, "KILL"));

    private static async Task AtStepAsync(Performance play, string step, string signal)
    {
        await play.StopAtAsync(step, signal);
        await play.GoesOnAsync();
    }
}
