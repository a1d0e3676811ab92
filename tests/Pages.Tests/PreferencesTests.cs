using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The language and the theme, as somebody chooses them.</summary>
public sealed class PreferencesTests(Site site)
{
    [Theory]
    [InlineData("/sign-in", "Sign in", "Connexion")]
    [InlineData("/templates", "template", "modèle")]
    public async Task The_language_and_the_theme_change_where_they_are_chosen_and_stay(
        string path, string english, string french)
    {
        await using var visit = await site.VisitAsync("en", ColorScheme.Light);
        if (path != "/sign-in")
        {
            await visit.SignedInAsync();
        }

        var page = await ComeAsync();
        var (html, theme) = (page.Locator("html"), page.Locator("[data-theme-choice]"));
        await Expect(visit.Title).ToContainTextAsync(english);
        await Expect(html).ToHaveCSSAsync("background-color", "rgb(246, 247, 247)");

        await OpenAsync("Language and theme");
        await theme.SelectOptionAsync("dark");
        await Expect(html).ToHaveCSSAsync("background-color", "rgb(16, 21, 20)");
        await page.Locator("[data-language-choice]").SelectOptionAsync("fr");
        await Expect(html).ToHaveAttributeAsync("lang", "fr");
        await Expect(visit.Title).ToContainTextAsync(french);
        await Expect(html).ToHaveCSSAsync("background-color", "rgb(16, 21, 20)");
        await visit.AssertAccessibleAsync();

        await ComeAsync();
        await Expect(html).ToHaveAttributeAsync("lang", "fr");
        await OpenAsync("Langue et thème");
        await Expect(theme).ToHaveValueAsync("dark");
        await theme.SelectOptionAsync("system");
        await Expect(html).ToHaveCSSAsync("background-color", "rgb(246, 247, 247)"); // as the browser prefers
        Assert.Empty(visit.Complaints);

        // What is opened before the page is live is closed again by it. The sign-in never is.
        Task<IPage> ComeAsync() => path == "/sign-in" ? visit.OpenAsync(path) : visit.GoAsync(path);

        Task OpenAsync(string button) => path == "/sign-in" ? Task.CompletedTask : visit.Button(button).ClickAsync();
    }
}
