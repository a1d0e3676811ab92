using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>What comes to an open page by itself, also where something in between does not work.</summary>
public sealed class LiveTests(Site site)
{
    // https://www.twilio.com/docs/api/errors/63051: nothing leaves any more.
    private const int NumberLocked = 63051;

    [Theory]
    [InlineData(StatusCodes.Status503ServiceUnavailable, "")]
    [InlineData(StatusCodes.Status200OK, "data: not what it should be\n\n")]
    public async Task While_the_numbers_do_not_come_by_themselves_the_page_asks_for_them_and_says_so(
        int status, string events)
    {
        var campaign = await site.DraftAsync(Site.Unique("asking"), people: 2);
        await using var frontend = await SecondFrontend.StartAsync(site.Run, async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/events", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(events);
            return true;
        });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync(frontend.At($"/campaigns/{campaign}"));
        await Expect(page.GetByText("Live updates are interrupted")).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();

        await site.LaunchAsync(campaign);
        await Expect(visit.Title).ToHaveTextAsync("Sent to 2 of 2 people", new() { Timeout = 30_000 });
        await Expect(page.GetByText("2 messages", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task A_campaign_that_pauses_itself_says_why_at_once()
    {
        var tag = Site.Unique("locked");
        for (var person = 1; person <= 8; person++)
        {
            await site.AddPersonAsync(
                $"N° {person}", tag, new { joined = true, behaviour = "refuses", refuseWith = NumberLocked });
        }

        var campaign = await site.Run.CreateCampaignAsync(Site.Unique("locked"), new { tags = new[] { tag } });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}");
        await site.LaunchAsync(campaign);

        await Expect(visit.Title).ToHaveTextAsync(new Regex("^Paused: "), new() { Timeout = 30_000 });
        await Expect(page.Locator(".note").Filter(new() { HasText = "Our WhatsApp number is locked" }).First)
            .ToBeVisibleAsync();
        await site.Run.PostAsync($"/api/campaigns/{campaign}/cancel", new { });
        await Expect(visit.Title).ToHaveTextAsync(new Regex("^Cancelled: "));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_reply_after_the_end_reaches_the_list_and_the_open_history_by_itself()
    {
        var tag = Site.Unique("after the end");
        var phone = await site.AddPersonAsync("Zoé", tag);
        var campaign = await site.Run.CreateCampaignAsync(Site.Unique("after the end"), new { tags = new[] { tag } });
        await site.LaunchAsync(campaign);
        await site.Run.StatsAsync(campaign, "read = 1", stats => stats["read"]!.GetValue<int>() == 1);
        var message = (await site.Run.GetAsync($"/api/campaigns/{campaign}/messages"))["items"]![0]!["id"];
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{campaign}?message={message}");
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Messages of one person" });
        await Expect(panel).ToContainTextAsync("Your appointment is coming up");

        await site.ReplyAsync(phone, "Oui !");
        await Expect(panel).ToContainTextAsync("Replied", new() { Timeout = 20_000 });
        await Expect(panel).ToContainTextAsync("Merci Zoé !", new() { Timeout = 20_000 });
        await Expect(page.GetByText("2 messages", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task Late_webhooks_and_a_missing_join_code_are_told_in_words_on_a_phone()
    {
        var campaign = await site.DraftAsync(Site.Unique("late"), people: 1);
        await using var frontend = await SecondFrontend.StartAsync(site.Run, async context =>
        {
            if (context.Request.Path != "/api/sandbox")
            {
                return false;
            }

            var sandbox = (JsonObject)await site.Run.GetAsync("/api/sandbox");
            (sandbox["joinCode"], sandbox["joinLink"]) = (null, null);
            (sandbox["webhookReachable"], sandbox["webhookProblem"]) = (false, "The tunnel is closed.");
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(sandbox.ToJsonString());
            return true;
        });
        await using var visit = await (await site.VisitAsync("en", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync(frontend.At($"/campaigns/{campaign}"));
        await Expect(page.Locator(".sandbox")).ToContainTextAsync("TWILIO_SANDBOX_JOIN_CODE");

        await Expect(page.Locator(".topbar .chip .late")).ToBeVisibleAsync();
        await visit.Button("Practice: show the sender").ClickAsync();
        var sender = page.Locator("#sender-facts");
        await Expect(sender).ToContainTextAsync("Status updates are delayed");
        await Expect(sender).ToContainTextAsync("The tunnel is closed.");
        await Expect(sender).ToContainTextAsync("+14155238886");
        await Expect(sender).ToContainTextAsync("5 messages a second");
        await Expect(sender).ToContainTextAsync("Europe/Paris");
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();
    }
}
