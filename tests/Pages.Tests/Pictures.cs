using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>The pictures of the documentation, taken by docs/images/take.sh. They judge nothing: only on demand.</summary>
public sealed class Pictures(Site site)
{
    /// <summary>Shown in the guides, so in French too.</summary>
    private static readonly string[] InGuides = ["dashboard", "settings", "practice"];

    /// <summary>On a phone.</summary>
    private static readonly string[] Small = ["dashboard", "campaign", "thread"];

    private static readonly (string Suffix, ColorScheme Theme)[] Themes =
        [("light", ColorScheme.Light), ("dark", ColorScheme.Dark)];

    [Fact(Explicit = true)]
    public async Task Every_page_in_both_themes_and_those_of_the_guides_in_French()
    {
        foreach (var (suffix, theme) in Themes)
        {
            await using var visit = await site.VisitAsync(theme: theme);
            await visit.OpenAsync("/sign-in");
            await TakeAsync(visit, "sign-in", suffix);
            await visit.SignedInAsync();
            await GoAndTakeAsync(visit, "first-run", "/", suffix);
        }

        await RunDemoAsync();
        var import = await ImportAsync();
        var pages = await PagesAsync(import);
        foreach (var (suffix, theme) in Themes)
        {
            await using var visit = await (await site.VisitAsync(theme: theme)).SignedInAsync();
            await ChooseFileAsync(visit);
            await TakeAsync(visit, "import", suffix);
            foreach (var (name, path) in pages)
            {
                await GoAndTakeAsync(visit, name, path, suffix);
            }
        }

        await using var french = await (await site.VisitAsync("fr")).SignedInAsync();
        foreach (var (name, path) in pages.Where(page => InGuides.Contains(page.Name)))
        {
            await GoAndTakeAsync(french, name, path, "fr");
        }

        await using var phone = await (await site.VisitAsync(phone: true)).SignedInAsync();
        foreach (var (name, path) in pages.Where(page => Small.Contains(page.Name)))
        {
            await GoAndTakeAsync(phone, name, path, "phone");
        }
    }

    private async Task RunDemoAsync()
    {
        await using var demo = new ProgramProcess("Demo", new Dictionary<string, string>
        {
            ["DEMO_GATEWAY_URL"] = site.Run.Gateway.ToString(),
            ["DEMO_ADMIN_PASSWORD"] = LocalRun.AdminPassword,
            ["DEMO_EMULATOR_URL"] = site.Phones.ToString(),
        });
        await Eventually.BecomesTrueAsync(() => demo.HasExited, TimeSpan.FromMinutes(2), "the demo has ended");
    }

    /// <summary>Where the report of a file stands of which one row is wrong.</summary>
    private async Task<string> ImportAsync()
    {
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        await ChooseFileAsync(visit);
        await visit.Button("Import “guests.csv”").ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/contacts/import/[0-9a-f-]{36}$"));
        await Expect(visit.Page.Locator(".rejects input")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        return new Uri(visit.Page.Url).AbsolutePath;
    }

    private static async Task ChooseFileAsync(Visit visit)
    {
        var page = await visit.GoAsync("/contacts/import");
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "guests.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(
                "phone;first name;tags;city\n+33639980201;Contact 25;guests;Lyon\n12;Contact 26;guests;Nice\n"
                + "+33639980203;Contact 27;guests;Brest\n"),
        });
        await Expect(page.GetByText("Read with semicolons")).ToBeVisibleAsync();
    }

    private async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(string import)
    {
        var campaign = (await site.Run.GetAsync("/api/campaigns"))["items"]![0]!["id"]!;
        var failed = (await site.Run.GetAsync($"/api/campaigns/{campaign}/messages?status=failed"))["items"]![0]!;
        var answered = (await site.Run.GetAsync("/api/conversations"))["items"]![0]!["contactId"]!;
        var segment = await site.Run.PostAsync("/api/segments", new
        {
            name = "Guests, but not from Lyon",
            where = new { all = new object[] { new { tag = "guests" }, new { not = new { attribute = "city", equals = "Lyon" } } } },
        });
        var draft = (JsonObject)await site.Run.GetAsync($"/api/campaigns/{campaign}");
        var next = (await site.Run.PostAsync("/api/campaigns", new
        {
            name = "Reminder",
            message1 = draft["message1"],
            message2 = draft["message2"],
            audience = draft["audience"],
        }))["id"]!;
        return
        [
            ("dashboard", "/"), ("campaigns", "/campaigns"), ("campaign", $"/campaigns/{campaign}"),
            ("person", $"/campaigns/{campaign}?message={failed["id"]}"), ("new-campaign", "/campaigns/new"),
            .. Enumerable.Range(2, 4).Select(step => ($"new-campaign-{step}", $"/campaigns/{next}/edit?step={step}")),
            ("contacts", "/contacts"), ("contact", $"/contacts?contact={failed["contactId"]}"),
            ("import-report", import), ("segments", $"/contacts/segments?open={segment["id"]}"),
            ("templates", "/templates"), ("inbox", "/inbox"), ("thread", $"/inbox/{answered}"),
            ("activity", "/activity"), ("settings", "/settings"), ("practice", "/practice"),
        ];
    }

    private static async Task GoAndTakeAsync(Visit visit, string name, string path, string suffix)
    {
        var page = await visit.OpenAsync(path);
        await visit.IsLiveAsync();
        // The chart and the rows of long lists come last.
        await Expect(page.Locator(".skeleton, .coming, .days:not(:has(svg))")).ToHaveCountAsync(0);
        await Expect(page.GetByText("Loading…").Or(page.GetByText("Chargement…"))).ToHaveCountAsync(0);
        await TakeAsync(visit, name, suffix);
    }

    private static async Task TakeAsync(Visit visit, string name, string suffix) => await visit.Page.ScreenshotAsync(new()
    {
        Path = Path.Combine(ProgramProcess.RepositoryRoot, "docs", "images", $"{name}-{suffix}.png"),
    });
}
