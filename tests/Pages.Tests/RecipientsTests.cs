using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The people behind a campaign's numbers.</summary>
public sealed class RecipientsTests(Site site)
{
    // https://www.twilio.com/docs/api/errors: for good, and until it passes.
    private const int NotAllowed = 63024;
    private const int WhatsAppAway = 63009;
    private const int WindowClosed = 63016;

    [Fact]
    public async Task A_number_leads_to_its_people_and_a_failure_is_explained_beside_them()
    {
        var (campaign, _, _) = await LaunchAsync("failing", NotAllowed);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 1, Failed 1" })).ToBeVisibleAsync(Soon);

        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Failed" }).Locator("a[href*='status=failed']").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("status=failed"));
        var person = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Failed" }).GetByRole(AriaRole.Link);
        await Expect(page.Locator("tbody tr:not([aria-hidden])")).ToHaveCountAsync(1);
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
    public async Task What_may_pass_is_sent_again_from_the_explanation_of_its_cause()
    {
        var (campaign, _, refuser) = await LaunchAsync("passing", WhatsAppAway);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        var cause = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "WhatsApp has a fault" });
        await Expect(cause).ToBeVisibleAsync(Soon);

        await site.SetPhoneAsync(refuser, new { behaviour = "reads" });
        await cause.GetByRole(AriaRole.Button, new() { Name = "Send 1 again" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 2" })).ToBeVisibleAsync(Soon);
        await Expect(cause).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task One_message_is_sent_again_beside_its_history_which_tells_every_attempt()
    {
        var (campaign, _, refuser) = await LaunchAsync("one again", WhatsAppAway);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 1, Failed 1" })).ToBeVisibleAsync(Soon);
        await visit.GoAsync($"/campaigns/{campaign}?status=failed");
        await page.Locator(".recipients").EvaluateAsync("table => table.scrollIntoView()");
        await page.Locator("tbody tr a").First.ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Messages of one person" });
        await Expect(panel.Locator(".timeline")).ToContainTextAsync("(attempt 2)");
        await Expect(panel.Locator(".timeline")).ToContainTextAsync("WhatsApp has a fault");

        await site.SetPhoneAsync(refuser, new { behaviour = "reads" });
        await panel.GetByRole(AriaRole.Button, new() { Name = "Send this message again" }).ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Button, new() { Name = "Send this message again" })).ToHaveCountAsync(0);
        await Expect(panel.Locator(".timeline")).ToContainTextAsync("Sent again by hand");
        await visit.AssertAccessibleAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 2" })).ToBeVisibleAsync(Soon);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task All_that_has_failed_is_sent_again_also_what_needed_something_done_first()
    {
        var (campaign, _, refuser) = await LaunchAsync("all again", NotAllowed);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 1, Failed 1" })).ToBeVisibleAsync(Soon);
        await Expect(page.GetByText("Once this has been dealt with:")).ToBeVisibleAsync();
        await Expect(visit.Button("Send 1 again")).ToBeEnabledAsync();

        await site.SetPhoneAsync(refuser, new { behaviour = "reads" });
        await visit.Button("Send all failed ones again").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 2" })).ToBeVisibleAsync(Soon);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Another_template_goes_to_those_whom_this_one_has_not_reached()
    {
        var (campaign, _, _) = await LaunchAsync("other words", WindowClosed);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 1, Failed 1" })).ToBeVisibleAsync(Soon);
        await visit.Button("Choose another template").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex(@"/edit\?step=3$"));
        await Expect(visit.Title).ToHaveTextAsync("What should people read?");
        await Expect(page.Locator(".summary")).ToContainTextAsync("reaches 1 person");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Ten_thousand_people_are_one_list_of_which_the_page_holds_what_is_in_view()
    {
        const int people = 10_000;
        var tag = Site.Unique("many");
        await People.InviteAsync(site.Run, people, _ => [tag]);
        var campaign = await site.Run.CreateCampaignAsync("many", new { tags = new[] { tag } });
        await site.LaunchAsync(campaign);
        await site.Run.StatsAsync(campaign, "all are there", stats => stats["total"]!.GetValue<int>() == people);
        await site.Run.PostAsync($"/api/campaigns/{campaign}/cancel", new { });
        await site.Run.StatsAsync(campaign, "nothing waits", stats => stats["pending"]!.GetValue<int>() == 0);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");

        var phones = await PhonesAsync(campaign);
        Assert.Equal(people, phones.Distinct().Count());
        var rows = page.Locator(".recipients tbody tr:not([aria-hidden])");
        await Expect(page.GetByText("10,000 messages")).ToBeVisibleAsync();
        await page.Locator(".recipients").EvaluateAsync("table => table.scrollIntoView()"); // it is drawn where it is seen
        await Expect(rows.Filter(new() { HasText = phones[0] })).ToBeVisibleAsync();
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Expect(rows.Filter(new() { HasText = phones[^1] })).ToBeInViewportAsync(new() { Timeout = 30_000 });
        Assert.InRange(await rows.CountAsync(), 1, 120);
        await page.EvaluateAsync("document.querySelector('.recipients').scrollIntoView()");
        await Expect(rows.Filter(new() { HasText = phones[0] })).ToBeInViewportAsync();
        await visit.AssertAccessibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_reply_from_a_phone_brings_Message_2_into_the_persons_history()
    {
        var (campaign, reader, _) = await LaunchAsync("replying", NotAllowed);
        await site.Run.StatsAsync(campaign, "read = 1", stats => stats["read"]!.GetValue<int>() == 1);
        await site.ReplyAsync(reader, "Oui, merci !");
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}?search={Uri.EscapeDataString(reader)}");

        await site.Run.StatsAsync(
            campaign, "message2.sent = 1", stats => stats["message2"]!["sent"]!.GetValue<int>() == 1);
        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await page.Locator(".recipients").EvaluateAsync("table => table.scrollIntoView()");
        await Expect(page.Locator("tbody tr:not([aria-hidden])")).ToHaveCountAsync(2);
        await Expect(page.Locator("tbody .chip").Filter(new() { HasText = "Lu" }).First).ToHaveTextAsync("Lu"); // one, not several
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
        await site.Run.CreateCampaignAsync("draft", new { all = true }); // before the first one, the page tells how to begin
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/");
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

    private async Task<List<string>> PhonesAsync(string campaign)
    {
        var phones = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await site.Run.GetAsync($"/api/campaigns/{campaign}/messages?limit=500&cursor={cursor}");
            phones.AddRange(page["items"]!.AsArray().Select(item => item!["phone"]!.GetValue<string>()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }

        return phones;
    }

    /// <summary>To two people of its own: one reads, the other's number refuses.</summary>
    private async Task<(string Id, string Reader, string Refuser)> LaunchAsync(string name, int refuseWith)
    {
        var tag = Site.Unique("recipients");
        var reader = await site.AddPersonAsync("Zoé", tag);
        var refuser = await site.AddPersonAsync("Karim", tag, new { joined = true, behaviour = "refuses", refuseWith });
        var campaign = await site.Run.CreateCampaignAsync(name, new { tags = new[] { tag } });
        await site.LaunchAsync(campaign);
        return (campaign, reader, refuser);
    }
}
