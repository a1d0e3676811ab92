using Testing;

namespace Docs.Tests;

/// <summary>What the guides tell to type, typed against a running system. The other language has the same commands.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task The_commands_of_the_guides_do_what_the_guides_promise()
    {
        await using var run = await LocalRun.StartAsync(
            LocalRun.FreePort(), new Dictionary<string, string> { ["MESSAGING_MIN_INTERVAL"] = "00:00:00.100" });
        var environment = new Dictionary<string, string>
        {
            ["API"] = run.Gateway.ToString().TrimEnd('/'),
            ["PASSWORD"] = LocalRun.AdminPassword,
        };

        foreach (var page in Document.All.Where(page => page.Path.StartsWith("docs/en/", StringComparison.Ordinal)
            && page.Blocks.Any(block => block.Kind == Commands.Kind)))
        {
            await Commands.CheckAsync(page, environment);
        }
    }
}
