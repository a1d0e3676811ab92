using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

public sealed class TemplatesTests(Site site)
{
    [Fact]
    public async Task A_template_is_added_changed_and_deleted_and_mistakes_are_explained_beside_their_fields()
    {
        var name = Site.Unique("Rappel");
        await using var visit = await (await site.VisitAsync("fr")).SignedInAsync();
        var page = await visit.GoAsync("/templates");
        await page.GetByRole(AriaRole.Link, new() { Name = "Ajouter un modèle" }).First.ClickAsync();
        await page.GetByLabel("Nom", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Identifiant chez Twilio").FillAsync("HX12");
        await page.GetByLabel("Langue", new() { Exact = true }).Last.FillAsync("fr");
        await page.GetByLabel("Texte tel qu’approuvé").FillAsync("Bonjour {{1}}, à demain !");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Aperçu" })).ToContainTextAsync("à demain");
        await page.GetByLabel("Valeur d’exemple pour {{1}}").FillAsync("Zoé");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Aperçu" })).ToContainTextAsync("Bonjour Zoé, à demain");
        await visit.Button("Ajouter un modèle").ClickAsync();

        var sid = page.GetByLabel("Identifiant chez Twilio");
        await Expect(sid).ToHaveAccessibleDescriptionAsync(new Regex("commence par HX"));
        await visit.AssertAccessibleAsync();
        await sid.FillAsync($"HX{Guid.NewGuid():n}");
        await visit.Button("Ajouter un modèle").ClickAsync();

        var card = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = name });
        await Expect(card).ToContainTextAsync("1 variable");
        await card.GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByLabel("Texte tel qu’approuvé").FillAsync("Bonjour {{1}} et {{2}} !");
        await visit.Button("Enregistrer").ClickAsync();
        await Expect(card).ToContainTextAsync("2 variables");

        await card.GetByRole(AriaRole.Link).ClickAsync();
        await visit.Button("Supprimer le modèle").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Supprimer le modèle" }).ClickAsync();
        await Expect(card).ToBeHiddenAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Those_of_the_provider_are_read_and_counted()
    {
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/templates");
        await visit.Button("Read from Twilio").ClickAsync();
        await Expect(page.Locator(".synced")).ToHaveTextAsync(new Regex(@"^\d+ new, \d+ updated, \d+ unchanged"));
        await Expect(page.GetByText("Approved").First).ToBeVisibleAsync();
    }
}
