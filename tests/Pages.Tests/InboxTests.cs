using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

public sealed class InboxTests(Site site)
{
    [Fact]
    public async Task Somebody_who_writes_appears_by_themselves_and_gets_an_answer()
    {
        var name = Site.Unique("Amélie");
        var phone = await site.AddPersonAsync(name, Site.Unique("inbox"));
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/inbox");

        await site.ReplyAsync(phone, "Is it <b>still</b> at 3?");
        var person = page.GetByRole(AriaRole.Link).Filter(new() { HasText = name });
        await Expect(person).ToContainTextAsync("Is it <b>still</b> at 3?", new() { Timeout = 20_000 }); // as text, not as HTML
        await person.ClickAsync();
        var thread = page.GetByRole(AriaRole.Region, new() { Name = name });
        await Expect(thread.GetByRole(AriaRole.Log)).ToContainTextAsync("Is it <b>still</b> at 3?");
        await visit.AssertAccessibleAsync();

        await thread.GetByLabel("Your reply").FillAsync("Yes, at 3!");
        await thread.GetByRole(AriaRole.Button, new() { Name = "Send the reply" }).ClickAsync();
        await Expect(thread.GetByRole(AriaRole.Log)).ToContainTextAsync("Yes, at 3!");
        await Expect(thread.GetByText("Read", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Long_conversations_and_many_of_them_are_read_on_as_far_as_somebody_looks()
    {
        const int many = 60;
        var (tag, talker) = (Site.Unique("inbox"), Site.Unique("Inès"));
        var first = await site.AddPersonAsync(talker, tag);
        var contact = (await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(first)}"))["items"]![0]!;
        await SayAsync("The first word.", 1);
        for (var number = 2; number < many; number++)
        {
            await site.ReplyAsync(first, $"Word number {number}.");
        }

        await SayAsync("The last word.", many);
        for (var person = 1; person < many; person++)
        {
            await site.ReplyAsync(await site.AddPersonAsync($"{tag} {person}", tag), "Hello");
        }

        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/inbox?search={Uri.EscapeDataString(tag)}");
        await Expect(page.GetByText($"{tag} {many - 1}", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Expect(page.GetByText($"{tag} 1", new() { Exact = true })).ToBeInViewportAsync(new() { Timeout = 20_000 });
        await visit.AssertAccessibleAsync();

        await visit.GoAsync($"/inbox/{contact["id"]}");
        var log = page.GetByRole(AriaRole.Log);
        await Expect(log.Locator(".bubble").Last).ToContainTextAsync("The last word."); // in the order of reading
        await Expect(log.GetByText("The first word.")).ToHaveCountAsync(0);
        await log.GetByRole(AriaRole.Button, new() { Name = "Show older messages" }).ClickAsync();
        await Expect(log.Locator(".bubble").First).ToContainTextAsync("The first word.");
        await site.ReplyAsync(first, "And one more.");
        await Expect(log.Locator(".bubble").Last).ToContainTextAsync("And one more.", new() { Timeout = 20_000 });
        await Expect(log.Locator(".bubble")).ToHaveCountAsync(many + 1);
        Assert.Empty(visit.Complaints);

        // Behind all that was said before, however long that takes on its way.
        async Task SayAsync(string text, int place)
        {
            await Eventually.BecomesTrueAsync(async () => await TotalAsync() == place - 1);
            await site.ReplyAsync(first, text);
            await Eventually.BecomesTrueAsync(async () => await TotalAsync() == place);
        }

        async Task<int> TotalAsync() =>
            (await site.Run.GetAsync($"/api/conversations/{contact["id"]}?limit=1"))["total"]!.GetValue<int>();
    }

    [Fact]
    public async Task Where_nothing_is_found_one_step_leads_back_to_all()
    {
        await site.ReplyAsync(await site.AddPersonAsync(Site.Unique("Léo"), Site.Unique("inbox")), "Hello");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/inbox?search={Uri.EscapeDataString(Site.Unique("nobody"))}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No conversation matches" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "All conversations" }).ClickAsync();
        await Expect(page.Locator(".conversations a").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the latest one" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Log)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_has_not_written_for_a_day_gets_a_template_only()
    {
        var name = Site.Unique("Hugo");
        var phone = await site.AddPersonAsync(name, Site.Unique("inbox"));
        var contact = (await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}"))["items"]![0]!;
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync($"/inbox/{contact["id"]}");

        var thread = page.GetByRole(AriaRole.Region, new() { Name = name });
        await Expect(thread.GetByLabel("Modèle approuvé")).ToBeVisibleAsync();
        await Expect(thread.GetByLabel("Votre réponse")).ToBeHiddenAsync();
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();
    }
}
