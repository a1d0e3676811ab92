using Microsoft.Playwright;
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
