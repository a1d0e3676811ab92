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
        var appHost = site.Run.ProcessId;
        Processes.Signal("STOP", appHost); // else it starts the service again before anybody has noticed
        try
        {
            foreach (var process in new Processes(appHost).Of(Part.Campaigns))
            {
                Processes.Signal("KILL", process);
            }

            await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Templates" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This could not be loaded", new() { Timeout = 20_000 });
            await visit.AssertAccessibleAsync();
        }
        finally
        {
            Processes.Signal("CONT", appHost);
            await Eventually.BecomesTrueAsync(site.Run.IsHealthyAsync, TimeSpan.FromSeconds(60), "GET /health = 200");
        }

        await visit.Button("Try again").ClickAsync();
        await Expect(visit.Title).ToContainTextAsync("template");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }
}
