using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>What all campaigns have come to, day by day.</summary>
public sealed class DashboardTests(Site site)
{
    [Theory]
    [InlineData("en", ColorScheme.Light, false, "Figures by day", "Read")]
    [InlineData("fr", ColorScheme.Dark, true, "Les chiffres par jour", "Lu")]
    public async Task A_day_says_its_figures_to_a_pointer_and_in_a_table(
        string language, ColorScheme theme, bool phone, string figures, string read)
    {
        var campaign = await site.DraftAsync(Site.Unique("days"), people: 1);
        await site.LaunchAsync(campaign);
        await using var visit = await (await site.VisitAsync(language, theme, phone)).SignedInAsync();
        var page = await visit.GoAsync("/");

        var today = page.Locator(".days .rz-series-0 path").Last;
        await today.HoverAsync();
        var tooltip = page.Locator(".rz-chart-tooltip-content");
        await Expect(tooltip).ToContainTextAsync(read);
        await visit.AssertAccessibleAsync();
        await page.GetByText(figures).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table).First.GetByRole(AriaRole.Row)).ToHaveCountAsync(15);
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();

        await page.EvaluateAsync("Blazor.navigateTo('/contacts')");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }
}
