using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The virtual phones beside the pages.</summary>
public sealed class PracticeTests(Site site)
{
    [Fact]
    public async Task The_phones_stay_beside_the_pages_and_messages_arrive_on_them_by_themselves()
    {
        var tag = Site.Unique("practice");
        var phone = await site.AddPersonAsync("Léa", tag);
        var campaign = await site.Run.CreateCampaignAsync(Site.Unique("practice"), new { tags = new[] { tag } });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/");
        await visit.Button("Practice phones").ClickAsync();
        var panel = page.GetByRole(AriaRole.Region, new() { Name = "Practice phones" });
        await Expect(panel).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Contacts" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/contacts$"));
        await Expect(panel).ToBeVisibleAsync();

        await site.LaunchAsync(campaign);
        var card = panel.GetByRole(AriaRole.Listitem).Filter(new() { HasText = phone });
        await Expect(card).ToContainTextAsync("Your appointment is coming up on Léa", new() { Timeout = 20_000 });
        await visit.AssertAccessibleAsync();

        await card.GetByLabel($"What {phone} writes").FillAsync("Yes");
        await card.GetByRole(AriaRole.Button, new() { Name = "Reply" }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Log).Locator(".bubble").Nth(1)).ToContainTextAsync("Yes"); // below, and read after it
        await card.GetByRole(AriaRole.Button, new() { Name = "Say STOP" }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = "Join the Sandbox" })).ToBeEnabledAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Join the Sandbox" }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = "Say STOP" })).ToBeEnabledAsync();

        await visit.Button("Close the practice phones").ClickAsync();
        await Expect(panel).ToBeHiddenAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_phone_of_ones_own_can_be_added_and_a_wrong_number_is_explained()
    {
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync("/practice");
        var number = page.GetByLabel("Ajouter un téléphone");
        await number.FillAsync("12");
        await number.PressAsync("Enter");
        await Expect(number).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByText("Écrivez le numéro avec l’indicatif du pays")).ToBeVisibleAsync();
        await number.FillAsync("+33 6 98 76 54 32");
        await number.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "+33698765432" })).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();
    }
}
