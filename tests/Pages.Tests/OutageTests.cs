using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

public sealed class OutageTests(Site site)
{
    [Fact]
    public async Task While_a_service_is_away_a_page_says_so_and_trying_again_brings_it_back()
    {
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/settings");
        await WithoutCampaignsAsync(async () =>
        {
            await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Templates" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This could not be loaded", Soon);
            await visit.AssertAccessibleAsync();
        });

        await visit.Button("Try again").ClickAsync();
        await Expect(visit.Title).ToContainTextAsync("template");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_a_page_shows_stays_while_a_service_is_away_and_goes_on_by_itself_afterwards()
    {
        var (before, after) = (Site.Unique("before"), Site.Unique("after"));
        var campaign = await site.DraftAsync(before, people: 12);
        // Something is under way, so that the list is read again and again.
        await site.Run.PostAsync($"/api/campaigns/{campaign}/launch", new { });
        await site.Run.PostAsync($"/api/campaigns/{campaign}/pause", new { });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/campaigns");
        await visit.Button("Practice phones").ClickAsync();
        var number = page.GetByLabel("Add a phone");
        await number.FillAsync("+336");
        await WithoutCampaignsAsync(async () =>
        {
            await Expect(page.GetByText("The campaign service is not answering"))
                .ToBeVisibleAsync(new() { Timeout = 40_000 });
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = before })).ToBeVisibleAsync();
            await Expect(page.Locator("main").GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
            await Expect(number).ToHaveValueAsync("+336");
        });

        await site.DraftAsync(after, people: 1);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = after })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(number).ToHaveValueAsync("+336");
        await site.Run.PostAsync($"/api/campaigns/{campaign}/cancel", new { });
    }

    [Fact]
    public async Task What_cannot_be_read_on_is_told_beside_the_list_and_the_page_stays()
    {
        var tag = await site.AddContactsAsync(130);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?tag={Uri.EscapeDataString(tag)}");
        var rows = page.Locator(".people tbody tr:not([aria-hidden])");
        await Expect(rows.Filter(new() { HasText = "N° 130" })).ToBeVisibleAsync(); // the newest comes first
        await WithoutCampaignsAsync(async () =>
        {
            await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This could not be loaded", Soon);
            await Expect(page.GetByRole(AriaRole.Alert)).ToBeInViewportAsync();
            await Expect(visit.Title).ToContainTextAsync("130");
            await visit.AssertAccessibleAsync();
        });

        await visit.Button("Try again").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Expect(rows.GetByText("N° 1", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static readonly LocatorAssertionsToContainTextOptions Soon = new() { Timeout = 20_000 };

    private async Task WithoutCampaignsAsync(Func<Task> act)
    {
        var appHost = site.Run.ProcessId;
        Processes.Signal("STOP", appHost); // else it starts the service again before anybody has noticed
        try
        {
            foreach (var process in new Processes(appHost).Of(Part.Campaigns))
            {
                Processes.Signal("KILL", process);
            }

            await act();
        }
        finally
        {
            Processes.Signal("CONT", appHost);
            await Eventually.BecomesTrueAsync(site.Run.IsHealthyAsync, TimeSpan.FromSeconds(60), "GET /health = 200");
        }
    }
}
