using Testing;

namespace Docs.Tests;

/// <summary>What the guides tell to type, against a running system. The other language has the same commands.</summary>
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

        var pages = Document.All
            .Where(page => page.Path.StartsWith("docs/en/", StringComparison.Ordinal)
                && page.Blocks.Any(block => block.Kind == Commands.Kind))
            .OrderBy(page => page.Path, StringComparer.Ordinal).ToList();
        Assert.NotEmpty(pages);
        foreach (var page in pages)
        {
            await Commands.CheckAsync(page, environment);
        }
    }
}
