using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>A system in which nothing is yet: one of its own, since all other tests leave something.</summary>
public sealed class FirstRunTests
{
    [Fact]
    public async Task An_empty_system_says_what_it_is_and_leads_step_by_step_to_the_first_campaign()
    {
        await using var site = new Site();
        await site.InitializeAsync();
        await using (var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync())
        {
            var phone = await visit.GoAsync("/");
            await Expect(visit.Title).ToHaveTextAsync("Bienvenue dans Campaigns");
            await Expect(Next(phone)).ToHaveTextAsync(["Ajouter des personnes"]);
            await visit.AssertAccessibleAsync();
            await visit.AssertFitsAsync();
        }

        await using var newcomer = await (await site.VisitAsync()).SignedInAsync();
        var page = await newcomer.GoAsync("/");
        await Expect(page.GetByText("Campaigns sends a WhatsApp message to a list of people")).ToBeVisibleAsync();
        await Expect(page.GetByText("You are in practice mode")).ToBeVisibleAsync();
        await Expect(page.Locator(".steps a"))
            .ToHaveTextAsync(["Add people", "Add a template", "Create the campaign"]);
        await newcomer.AssertAccessibleAsync();

        await site.AddPersonAsync("Zoé", Site.Unique("first"));
        await Expect(page.GetByText("Done", new() { Exact = true })).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await Expect(Next(page)).ToHaveTextAsync(["Add a template"]);
        await newcomer.AssertAccessibleAsync();
        await Next(page).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/templates$"));

        await newcomer.GoAsync("/");
        await site.Run.CreateCampaignAsync("The first", new { all = true });
        await Expect(newcomer.Title).ToHaveTextAsync("Nothing is being sent right now", new() { Timeout = 30_000 });
        Assert.Empty(newcomer.Complaints);

        static ILocator Next(IPage page) => page.Locator(".steps .primary");
    }
}
