using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>Audiences built of conditions, kept under a name or not.</summary>
public sealed class SegmentsTests(Site site)
{
    [Fact]
    public async Task A_segment_is_built_counted_saved_changed_and_deleted()
    {
        var (tag, name) = (Site.Unique("builder"), Site.Unique("Readers"));
        foreach (var firstName in new[] { "Zoé", "Karim", "Inès" })
        {
            await site.AddPersonAsync(firstName, tag);
        }

        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts");
        await page.GetByRole(AriaRole.Link, new() { Name = "Segments" }).ClickAsync();
        await page.Locator(".page-header").GetByRole(AriaRole.Link, new() { Name = "New segment" }).ClickAsync();
        await page.GetByLabel("Name of the segment").FillAsync(name);

        var first = Condition(page, 1);
        await first.GetByLabel("Tag").SelectOptionAsync(tag);
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "meet" }))
            .ToHaveTextAsync("3 people meet the conditions now");
        await visit.Button("Add a condition").ClickAsync();
        var second = Condition(page, 2);
        await second.GetByLabel("What it is about").SelectOptionAsync("A piece of information");
        await second.GetByLabel("Which information").SelectOptionAsync("First name");
        await second.GetByLabel("Value").FillAsync("Zoé");
        await second.GetByLabel("Value").BlurAsync();
        await Expect(page.GetByText("1 person meets the conditions now")).ToBeVisibleAsync();
        await second.GetByLabel("Not").CheckAsync();
        await Expect(page.GetByText("2 people meet the conditions now")).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        await visit.Button("Save the segment").ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(Condition(page, 1).GetByLabel("Tag")).ToHaveValueAsync(tag);
        await Expect(Condition(page, 2).GetByLabel("Not")).ToBeCheckedAsync();
        await Expect(page.GetByText("2 people meet the conditions now")).ToBeVisibleAsync();
        await page.GetByLabel("Name of the segment").FillAsync($"{name} 2");
        await visit.Button("Save the segment").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"{name} 2" }).ClickAsync();
        await visit.Button("Delete the segment").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete the segment" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = name })).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_campaign_goes_to_conditions_of_its_own_and_what_is_missing_stands_beside_its_field()
    {
        var (tag, other, name) = (Site.Unique("lyon"), Site.Unique("nice"), Site.Unique("Côte"));
        await site.AddPersonAsync("Zoé", tag);
        await site.AddPersonAsync("Karim", other);
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync("/campaigns/new");
        await page.GetByLabel("Nom de la campagne").FillAsync("Au clavier");
        await visit.Button("Choisir les destinataires").ClickAsync();

        await page.GetByLabel("Les personnes qui remplissent des conditions").CheckAsync();
        await visit.Button("Choisir le message").ClickAsync();
        var field = Condition(page, 1).GetByLabel("Étiquette");
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAccessibleDescriptionAsync(new Regex("Indiquez un texte"));
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();

        await page.GetByLabel("Combien doivent être remplies").SelectOptionAsync("Au moins une de ces conditions");
        await field.SelectOptionAsync(tag);
        await visit.TabToAsync(visit.Button("Ajouter une condition"));
        await page.Keyboard.PressAsync("Enter");
        await Condition(page, 2).GetByLabel("Étiquette").SelectOptionAsync(other);
        await Expect(page.Locator(".summary")).ToContainTextAsync("touche 2 personnes");
        await page.GetByLabel("Pour les réutiliser : un nom").FillAsync(name);
        await visit.Button("Enregistrer le segment").ClickAsync();
        await Expect(page.GetByLabel("Segment enregistré").Locator("option:checked")).ToHaveTextAsync(name);
        await Expect(page.Locator(".summary")).ToContainTextAsync("touche 2 personnes");
        await visit.Button("Choisir le message").ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Que doivent lire les gens\u00a0?");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_contacts_are_filtered_by_a_segment_that_stays_in_the_address()
    {
        var (tag, name) = (Site.Unique("filtered"), Site.Unique("Filtered"));
        await site.AddPersonAsync("Zoé", tag);
        await site.AddPersonAsync("Karim", tag);
        await site.Run.PostAsync("/api/segments", new
        {
            name,
            where = new { all = new object[] { new { tag }, new { attribute = "firstName", equals = "Zoé" } } },
        });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts");

        await page.GetByLabel("Segment").SelectOptionAsync(name);
        await Expect(visit.Title).ToHaveTextAsync("1 contact");
        await Expect(page).ToHaveURLAsync(new Regex("segment="));
        await visit.AssertAccessibleAsync();
        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(page.GetByLabel("Segment").Locator("option:checked")).ToHaveTextAsync(name);
        await Expect(visit.Title).ToHaveTextAsync("1 contact");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download as CSV" }))
            .ToHaveAttributeAsync("href", new Regex("segmentId="));
        await page.GetByLabel("Tag").SelectOptionAsync(tag);
        await Expect(page).ToHaveURLAsync(new Regex("tag=.*segment="));
        Assert.Empty(visit.Complaints);
    }

    private static ILocator Condition(IPage page, int number) =>
        page.GetByRole(AriaRole.Group, new() { Name = $"Condition {number}", Exact = true });
}
