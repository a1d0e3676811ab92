using Testing;

namespace Docs.Tests;

/// <summary>What the guides tell to type, against a running system. The other language has the same commands.</summary>
[Collection(typeof(Running))]
public sealed class CommandTests(Running running)
{
    [Fact]
    public async Task The_commands_of_the_guides_do_what_the_guides_promise()
    {
        var environment = new Dictionary<string, string>
        {
            ["API"] = running.Run.Gateway.ToString().TrimEnd('/'),
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
