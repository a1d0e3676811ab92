using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>Who may do what, and who decides it.</summary>
public sealed class RolesTests(Site site)
{
    private const string Password = "a-long-password";

    [Fact]
    public async Task An_administrator_lets_a_colleague_in_who_then_only_looks()
    {
        var campaign = await site.DraftAsync(Site.Unique("looked at"), people: 1);
        var colleague = Site.Unique("viewer").Replace(' ', '-');
        await using (var visit = await (await site.VisitAsync()).SignedInAsync())
        {
            var page = await visit.GoAsync("/settings");
            await page.GetByText("Add a person", new() { Exact = true }).First.ClickAsync();
            var form = page.GetByRole(AriaRole.Group).Filter(new() { HasText = "Add a person" });
            await form.GetByLabel("User name").FillAsync(colleague);
            await form.GetByLabel("Password").FillAsync("short");
            await form.GetByLabel("Role").SelectOptionAsync("May look, not change");
            await form.GetByRole(AriaRole.Button).ClickAsync();
            await Expect(form.GetByText("8 to")).ToBeVisibleAsync();
            await form.GetByLabel("Password").FillAsync(Password);
            await form.GetByRole(AriaRole.Button).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = colleague })).ToContainTextAsync("May look");
        }

        await using var theirs = await (await site.VisitAsync()).SignedInAsync(colleague, Password);
        (string Path, string Forbidden)[] actions =
        [
            ("/campaigns", "New campaign"), ($"/campaigns/{campaign}", "Pause"), ($"/campaigns/{campaign}", "Duplicate"), ("/contacts", "Add a contact"),
            ("/contacts", "Import a file"), ("/templates", "Add a template"), ("/templates", "Read from Twilio"),
            ("/settings", "Add a person"), ("/settings", "Test now"), ("/practice", "Say STOP"),
        ];
        foreach (var (path, forbidden) in actions)
        {
            var page = await theirs.GoAsync(path);
            await Expect(theirs.Title).ToBeVisibleAsync();
            await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
            await Expect(page.Locator("main").GetByText(forbidden)).ToHaveCountAsync(0);
            await Expect(theirs.Button("Practice phones")).ToHaveCountAsync(0);
        }

        await Expect((await theirs.GoAsync("/practice")).GetByRole(AriaRole.Alert))
            .ToContainTextAsync("Your role does not allow this");

        var wizard = await theirs.GoAsync("/campaigns/new");
        await Expect(wizard.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your role does not allow this");
        await theirs.AssertAccessibleAsync();
    }

    [Fact]
    public async Task A_key_for_programs_is_shown_once()
    {
        var name = Site.Unique("reports");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/settings");
        await page.GetByText("Create a key", new() { Exact = true }).First.ClickAsync();
        var form = page.GetByRole(AriaRole.Group).Filter(new() { HasText = "Create a key" });
        await form.GetByLabel("Name").FillAsync(name);
        await form.GetByLabel("Last day on which it is valid").FillAsync("2036-03-05");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        var key = page.GetByRole(AriaRole.Status).Locator("code");
        await Expect(key).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToContainTextAsync("6 Mar 2036, 00:00");
        await visit.AssertAccessibleAsync();

        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(key).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = name }).GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToHaveCountAsync(0);
    }
}
