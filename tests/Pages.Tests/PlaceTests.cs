using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>Who has scrolled far down stays there.</summary>
public sealed class PlaceTests(Site site)
{
    private const int People = 130;

    [Fact]
    public async Task A_contact_opened_far_down_keeps_the_place_and_closing_it_gives_the_focus_back()
    {
        var tag = await site.AddContactsAsync(People);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?tag={Uri.EscapeDataString(tag)}");
        var row = await ScrolledToAsync(page, ".people", 100);
        var place = await PlaceAsync(page);

        await row.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("contact="));
        var close = page.GetByRole(AriaRole.Link, new() { Name = "Close" });
        await Expect(close).ToBeInViewportAsync();
        await Expect(row).ToBeInViewportAsync();
        Assert.InRange(await PlaceAsync(page), place - 1, place + 1);

        await close.ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("contact="));
        await Expect(row).ToBeFocusedAsync();
        await Expect(row).ToBeInViewportAsync();

        await row.ClickAsync();
        await page.GetByLabel("Last name").FillAsync("Changed");
        await visit.Button("Save").ClickAsync();
        await Expect(row).ToContainTextAsync("Changed");
        await Expect(row).ToBeFocusedAsync();
        await Expect(row).ToBeInViewportAsync();

        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Campaigns" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns$"));
        await page.WaitForFunctionAsync("() => scrollY === 0"); // another page begins at its top
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_recipient_opened_far_down_keeps_the_place_and_Escape_gives_the_focus_back()
    {
        var tag = await site.AddContactsAsync(People);
        var campaign = await site.Run.CreateCampaignAsync(Site.Unique("far down"), new { tags = new[] { tag } });
        await site.LaunchAsync(campaign);
        await site.Run.StatsAsync(campaign, "all are there", stats => stats["total"]!.GetValue<int>() == People);
        await site.Run.PostAsync($"/api/campaigns/{campaign}/cancel", new { });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        var row = await ScrolledToAsync(page, ".recipients", 100);
        var place = await PlaceAsync(page);

        await row.ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Messages of one person" });
        await Expect(panel.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
        Assert.InRange(await PlaceAsync(page), place - 1, place + 1);
        await page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToBeHiddenAsync();
        await Expect(row).ToBeFocusedAsync();
        Assert.InRange(await PlaceAsync(page), place - 1, place + 1);
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public async Task No_badge_of_a_contact_is_cut(string language)
    {
        var tag = Site.Unique("badges");
        var phone = await site.AddPersonAsync("Zoé", tag);
        await site.AddPersonAsync("Karim", tag);
        await site.Run.PostAsync($"/api/practice/phones/{Uri.EscapeDataString(phone)}/join", new { });
        await using var visit = await (await site.VisitAsync(language)).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?tag={Uri.EscapeDataString(tag)}");
        var badges = page.Locator(".people tbody td:nth-child(n + 4)");
        await Expect(badges).ToHaveCountAsync(4);
        await Expect(page.Locator(".people .status-delivered")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        Assert.Empty(await badges.EvaluateAllAsync<string[]>("""
            cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)
            """));
    }

    /// <summary>The link of a row that is there only once somebody has scrolled to it.</summary>
    private static async Task<ILocator> ScrolledToAsync(IPage page, string table, int position)
    {
        await page.Locator(table).EvaluateAsync("table => table.scrollIntoView()");
        await Expect(page.Locator($"{table} tbody a").First).ToBeVisibleAsync();
        await page.EvaluateAsync("position => scrollBy(0, 55 * position)", position);
        var id = await page.WaitForFunctionAsync("""
            table => [...document.querySelectorAll(`${table} tbody a`)].find(link => {
                const { top } = link.getBoundingClientRect();
                return top > 300 && top < 600;
            })?.id
            """, table);
        return page.Locator($"#{await id.JsonValueAsync<string>()}");
    }

    private static Task<double> PlaceAsync(IPage page) => page.EvaluateAsync<double>("scrollY");
}
