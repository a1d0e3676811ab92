using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The people behind a campaign's numbers.</summary>
public sealed class RecipientsTests(Site site)
{
    private static int lastPerson = 7000; // other tests stay below

    [Fact]
    public async Task A_number_leads_to_its_people_and_a_failure_is_explained_beside_them()
    {
        var (campaign, _) = await LaunchAsync("failing");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.OpenAsync($"/campaigns/{campaign}");
        await visit.IsLiveAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 1, Failed 1" })).ToBeVisibleAsync(Soon);

        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Failed" }).Locator("a[href*='status=failed']").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("status=failed"));
        var person = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Failed" }).GetByRole(AriaRole.Link);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await visit.AssertAccessibleAsync();

        await person.ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Messages of one person" });
        await Expect(panel.Locator(".note.error")).ToBeVisibleAsync();
        await Expect(panel).ToContainTextAsync("Your appointment is coming up");
        await Expect(panel).ToBeFocusedAsync();
        await visit.AssertAccessibleAsync();

        await page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToBeHiddenAsync();
        await Expect(person).ToBeFocusedAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_reply_from_a_phone_brings_Message_2_into_the_persons_history()
    {
        var (campaign, reader) = await LaunchAsync("replying");
        await site.Run.StatsAsync(campaign, "read = 1", stats => stats["read"]!.GetValue<int>() == 1);
        await site.ReplyAsync(reader, "Oui, merci !");
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.OpenAsync($"/campaigns/{campaign}?search={Uri.EscapeDataString(reader)}");
        await visit.IsLiveAsync();

        await site.Run.StatsAsync(
            campaign, "message2.sent = 1", stats => stats["message2"]!["sent"]!.GetValue<int>() == 1);
        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.Locator("tbody tr a").First.ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Messages d’une personne" });
        await Expect(panel).ToContainTextAsync("Réponse reçue");
        await Expect(panel).ToContainTextAsync("Merci");
        await visit.AssertAccessibleAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Fermer" }).ClickAsync();
        await Expect(panel).ToBeHiddenAsync();
        await visit.AssertFitsAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_notice_of_the_Sandbox_stays_closed_once_it_is_closed()
    {
        await LaunchAsync("notice");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.OpenAsync("/");
        await visit.IsLiveAsync();
        var notice = page.GetByRole(AriaRole.Region, new() { Name = "Only people who have joined get messages" });
        await Expect(notice.GetByRole(AriaRole.Img, new() { Name = "QR code that opens WhatsApp to join" })).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        await notice.GetByRole(AriaRole.Button, new() { Name = "Close this notice" }).ClickAsync();
        await Expect(notice).ToBeHiddenAsync();
        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(notice).ToBeHiddenAsync();
        Assert.Empty(visit.Complaints);
    }

    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    /// <summary>To two people of its own: one reads, the other's number refuses.</summary>
    private async Task<(string Id, string Reader)> LaunchAsync(string name)
    {
        var tag = Guid.NewGuid().ToString("n");
        var reader = People.PhoneOf(Interlocked.Increment(ref lastPerson));
        var refuser = People.PhoneOf(Interlocked.Increment(ref lastPerson));
        await site.AddPersonAsync(reader, "Zoé", tag, new { joined = true, behaviour = "reads" });
        await site.AddPersonAsync(
            refuser, "Karim", tag, new { joined = true, behaviour = "refuses", refuseWith = 63024 });
        var campaign = await site.Run.CreateCampaignAsync(name, new { tags = new[] { tag } });
        await site.Run.PostAsync($"/api/campaigns/{campaign}/launch", new { });
        return (campaign, reader);
    }
}
