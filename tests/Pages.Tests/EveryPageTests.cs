using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>What has to hold on every page, and not only where a test happens to look.</summary>
public sealed class EveryPageTests(Site site)
{
    [Theory]
    [InlineData("en", ColorScheme.Light, false)]
    [InlineData("en", ColorScheme.Dark, true)]
    [InlineData("fr", ColorScheme.Dark, false)]
    [InlineData("fr", ColorScheme.Light, true)]
    public async Task No_page_has_a_serious_barrier_or_sticks_out(string language, ColorScheme theme, bool phone)
    {
        var name = Site.Unique("every page 🎉 مرحبا");
        var (sent, draft) = (await site.DraftAsync(name, people: 1), await site.DraftAsync(name, people: 1));
        await site.LaunchAsync(sent);
        var message = (await site.Run.GetAsync($"/api/campaigns/{sent}/messages"))["items"]![0]!;
        await using var visit = await site.VisitAsync(language, theme, phone);
        await visit.OpenAsync("/sign-in");
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();

        await visit.SignedInAsync();
        string[] paths =
        [
            "/", "/campaigns", $"/campaigns/{sent}", $"/campaigns/{sent}?message={message["id"]}", "/campaigns/new",
            $"/campaigns/{draft}/edit?step=2", $"/campaigns/{draft}/edit?step=3", $"/campaigns/{draft}/edit?step=4",
            $"/campaigns/{draft}/edit?step=5", "/contacts", "/contacts?contact=new", "/contacts/import",
            "/contacts/segments", "/contacts/segments?open=new", "/templates", "/templates?open=new", "/inbox", $"/inbox/{message["contactId"]}", "/activity", "/settings", "/practice", "/nowhere",
        ];
        foreach (var path in paths)
        {
            var page = await visit.GoAsync(path);
            await Expect(visit.Title).ToBeVisibleAsync();
            await Expect(page.Locator("main .skeleton")).ToHaveCountAsync(0);
            await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
            await visit.AssertAccessibleAsync();
            await visit.AssertFitsAsync();
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public async Task The_bar_on_top_shows_what_has_room_and_the_provider_goes_first(string language)
    {
        await using var visit = await (await site.VisitAsync(language)).SignedInAsync();
        var page = await visit.GoAsync("/activity");
        var facts = page.Locator(".facts li");
        foreach (var (width, shown) in new[] { (1360, 4), (1280, 4), (1279, 3), (1100, 3), (1099, 2), (900, 2), (899, 0), (320, 0) })
        {
            await page.SetViewportSizeAsync(width, 850);
            await Expect(facts.Filter(new() { Visible = true })).ToHaveCountAsync(shown);
            await Expect(page.Locator(".topbar .user")).ToBeInViewportAsync(new() { Ratio = 1 });
            Assert.True(await page.Locator(".topbar").EvaluateAsync<bool>("bar => bar.scrollWidth <= bar.clientWidth"), $"{width}");
            await visit.AssertFitsAsync();
        }
    }
}
