using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The pictures of the documentation, taken by docs/images/take.sh. They judge nothing: only on demand.</summary>
public sealed class Pictures(Site site)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("dashboard", "/"), ("campaigns", "/campaigns"), ("campaign", "/campaigns/{0}"),
        ("new-campaign", "/campaigns/new"), ("contacts", "/contacts"), ("templates", "/templates"), ("inbox", "/inbox"),
        ("activity", "/activity"), ("settings", "/settings"), ("practice", "/practice"),
    ];

    /// <summary>Shown in the guides, so in French too.</summary>
    private static readonly string[] InGuides = ["dashboard", "settings", "practice"];

    [Fact(Explicit = true)]
    public async Task Every_page_in_both_themes_and_those_of_the_guides_in_French()
    {
        await using (var demo = new ProgramProcess("Demo", new Dictionary<string, string>
        {
            ["DEMO_GATEWAY_URL"] = site.Run.Gateway.ToString(),
            ["DEMO_ADMIN_PASSWORD"] = LocalRun.AdminPassword,
            ["DEMO_EMULATOR_URL"] = site.Phones.ToString(),
        }))
        {
            await Eventually.BecomesTrueAsync(() => demo.HasExited, TimeSpan.FromMinutes(2), "the demo has ended");
        }

        var campaign = (await site.Run.GetAsync("/api/campaigns"))["items"]![0]!["id"]!.GetValue<string>();
        foreach (var (suffix, language, theme) in new[]
        {
            ("light", "en", ColorScheme.Light), ("dark", "en", ColorScheme.Dark), ("fr", "fr", ColorScheme.Light),
        })
        {
            await using var visit = await (await site.VisitAsync(language, theme)).SignedInAsync();
            foreach (var (name, path) in Pages.Where(page => language == "en" || InGuides.Contains(page.Name)))
            {
                var page = await visit.OpenAsync(string.Format(null, path, campaign));
                await visit.IsLiveAsync();
                await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
                await Expect(page.Locator(".days:not(:has(svg))")).ToHaveCountAsync(0); // the chart comes last
                await page.ScreenshotAsync(new()
                {
                    Path = Path.Combine(ProgramProcess.RepositoryRoot, "docs", "images", $"{name}-{suffix}.png"),
                });
            }
        }
    }
}
