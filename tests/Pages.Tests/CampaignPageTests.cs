using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Npgsql;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

public sealed class CampaignPageTests(Site site)
{
    [Fact]
    public async Task A_manager_signs_in_launches_and_watches_a_campaign_until_it_is_delivered()
    {
        var name = Site.Unique("opening");
        var campaign = await site.DraftAsync(name, people: 6);
        await using var visit = await site.VisitAsync();

        var page = await visit.OpenAsync("/");
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in$"));
        await visit.AssertAccessibleAsync();
        await page.GetByLabel("User name").FillAsync("admin");
        await page.GetByLabel("Password").FillAsync("not this one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is wrong");
        await page.GetByLabel("Password").FillAsync(LocalRun.AdminPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Expect(visit.Title).ToBeVisibleAsync();
        await visit.IsLiveAsync();
        await Expect(page.GetByText("Practice", new() { Exact = true })).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();

        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Campaigns" }).ClickAsync();
        await Expect(visit.Title).ToBeFocusedAsync(); // for those who cannot see that the page has changed
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/campaigns/{campaign}/edit")); // a draft goes on where it was left
        await Expect(visit.Title).ToBeVisibleAsync();
        await Expect(page).ToHaveTitleAsync(new Regex("Campaigns$"));
        await visit.AssertAccessibleAsync();

        await site.LaunchAsync(campaign);
        await visit.OpenAsync($"/campaigns/{campaign}");
        await Expect(visit.Title).ToHaveTextAsync("Sent to 6 of 6 people", new() { Timeout = 30_000 });
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 6" })).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_same_pages_speak_French_in_the_dark_on_a_phone()
    {
        var name = Site.Unique("soirée d’été 🎉");
        var campaign = await site.DraftAsync(name, people: 3);
        await site.LaunchAsync(campaign);
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();

        var page = await visit.GoAsync("/campaigns");
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Envoyée à 3 sur 3 personnes", new() { Timeout = 30_000 });
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Tableau de bord" }).ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Aucun envoi en cours");
        await visit.AssertAccessibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_pause_stops_a_campaign_and_resuming_lets_it_finish()
    {
        var campaign = await site.DraftAsync("pause", people: 12);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");

        await site.LaunchAsync(campaign);
        await Expect(page.GetByText("at most 1 message that is already on its way still leaves")).ToBeVisibleAsync();
        await visit.Button("Pause").ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync(new Regex("^Paused: \\d+ of 12 people done$"));
        await visit.Button("Resume").ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Sent to 12 of 12 people", new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_start_that_was_missed_asks_before_anything_is_sent()
    {
        var campaign = await site.DraftAsync("missed", people: 2);
        await ChangeAsync(campaign, "start_at = now() + interval '1 hour'");
        await site.LaunchAsync(campaign);
        await ChangeAsync(campaign, "start_at = now() - interval '2 hours'"); // as if the machine had been off
        await using var visit = await (await site.VisitAsync()).SignedInAsync();

        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(page.GetByText("the start was missed").First).ToBeVisibleAsync();
        await Expect(visit.Title).ToHaveTextAsync(new Regex("^Paused: 0 of"));
        await visit.AssertAccessibleAsync();

        await visit.Button("Resume").ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Sent to 2 of 2 people", new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_pause_that_would_end_by_itself_can_be_kept()
    {
        var campaign = await site.DraftAsync("kept", people: 1);
        await site.LaunchAsync(campaign);
        await ChangeAsync(
            campaign, "status = 'paused', status_reason = 'daily_cap', resume_at = now() + interval '1 hour'");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();

        await visit.GoAsync($"/campaigns/{campaign}");
        await visit.Button("Keep paused").ClickAsync();
        await Expect(visit.Button("Keep paused")).ToHaveCountAsync(0);
        await Expect(visit.Button("Resume")).ToBeVisibleAsync();

        var kept = await site.Run.GetAsync($"/api/campaigns/{campaign}");
        Assert.Equal(("paused", null), ((string?)kept["status"], (string?)kept["resumesAt"]));
    }

    [Fact]
    public async Task A_cancellation_is_asked_for_twice()
    {
        var campaign = await site.DraftAsync("cancel", people: 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel campaign" }).ClickAsync();
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go back" }).ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Not sent yet");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel campaign" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the campaign" }).ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Cancelled: sent to 0 of 0 people");
    }

    [Fact]
    public async Task A_copy_is_a_new_draft_that_opens_for_changes()
    {
        var name = Site.Unique("original");
        var campaign = await site.DraftAsync(name, people: 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await visit.Button("Duplicate").ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex(campaign));
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-f-]{36}/edit$"));
        await Expect(page.GetByLabel("Name of the campaign")).ToHaveValueAsync($"{name} (copy)");

        await visit.GoAsync($"/campaigns?search={Uri.EscapeDataString(name)}");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.Locator("tbody tr").Last.GetByRole(AriaRole.Button, new() { Name = "Duplicate" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-f-]{36}/edit$"));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_session_that_has_ended_leads_to_the_sign_in_and_back()
    {
        var name = Site.Unique("session");
        var campaign = await site.DraftAsync(name, people: 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns?search={Uri.EscapeDataString(name)}");

        await page.Context.APIRequest.PostAsync("/api/auth/logout");
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await page.GetByLabel("User name").FillAsync("admin");
        await page.GetByLabel("Password").FillAsync(LocalRun.AdminPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/campaigns/{campaign}/edit"));
        await Expect(visit.Title).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_address_without_a_page_says_so_with_the_right_status()
    {
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        await visit.OpenAsync("/");
        var answer = await visit.Page.GotoAsync("/nowhere");
        Assert.Equal(404, answer!.Status);
        await Expect(visit.Title).ToHaveTextAsync("Page not found");
        await visit.AssertAccessibleAsync();
    }

    private async Task ChangeAsync(string campaign, string changes)
    {
        await using var connection = await People.ConnectAsync(site.Run);
        await using var change = new NpgsqlCommand($"update campaigns set {changes} where id = $1", connection)
        {
            Parameters = { new() { Value = Guid.Parse(campaign) } },
        };
        Assert.Equal(1, await change.ExecuteNonQueryAsync());
    }
}
