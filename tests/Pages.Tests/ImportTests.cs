using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>A file of contacts, from the choice of it to its last corrected row.</summary>
public sealed class ImportTests(Site site)
{
    [Fact]
    public async Task A_list_of_people_who_want_nothing_more_stops_all_messages_to_them()
    {
        var (known, unknown) = (await site.AddPersonAsync("Zoé", Site.Unique("stop")), site.NewPhone());
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts/import");
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "stop.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes($"phone\n{known}\n{unknown}\n"),
        });
        await page.GetByLabel("People who want no messages").CheckAsync();
        await visit.AssertAccessibleAsync();
        await visit.Button("Import “stop.csv”").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/contacts/import/[0-9a-f-]{36}$"));
        await Expect(page.Locator(".tile").Filter(new() { HasText = "New" }))
            .ToContainTextAsync("1", new() { Timeout = 20_000 });
        foreach (var phone in new[] { known, unknown })
        {
            var found = await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}");
            Assert.True(found["items"]![0]!["optedOut"]!.GetValue<bool>());
        }

        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task An_import_is_taken_back_and_stands_in_the_activity()
    {
        var (phone, file) = (site.NewPhone(), $"{Site.Unique("undone").Replace(' ', '-')}.csv");
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts/import");
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = file,
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes($"phone,first_name\n{phone},Zoé\n"),
        });
        await visit.Button($"Import “{file}”").ClickAsync();
        await Expect(page.Locator(".tile").Filter(new() { HasText = "New" }))
            .ToContainTextAsync("1", new() { Timeout = 20_000 });
        await visit.Button("Undo this import").ClickAsync();
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Undo this import" }).ClickAsync();
        await Expect(page.GetByText("Removed: 1")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Empty((await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}"))["items"]!.AsArray());

        await visit.GoAsync("/activity");
        await page.GetByRole(AriaRole.Link, new() { Name = "Imported files" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/activity/imports$"));
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "New", Exact = true })).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = file }).ClickAsync();
        await Expect(page.GetByText("Removed: 1")).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Left_out_rows_can_be_corrected_in_their_file_and_a_row_of_too_many_cells_on_the_page()
    {
        var (one, other) = (site.NewPhone(), site.NewPhone());
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts/import");
        await page.Locator("input[type=file]").SetInputFilesAsync(File(
            "firms.csv", $"Name,Where to reach,Town\nRoux, SARL,{one},Lyon\nBlanc\n"));
        await page.GetByLabel("What “Where to reach” is").SelectOptionAsync("Phone number");
        await page.GetByLabel("What “Name” is").SelectOptionAsync("Last name");
        await visit.Button("Import “firms.csv”").ClickAsync();

        await Expect(Pile("Left out")).ToContainTextAsync("2", new() { Timeout = 20_000 });
        await Expect(page.GetByLabel("Where to reach, line 3")).ToHaveValueAsync("");
        var whole = page.GetByLabel("Whole row, line 2");
        await Expect(whole).ToHaveValueAsync($"Roux, SARL,{one},Lyon");
        await visit.AssertAccessibleAsync();
        var report = page.Url;
        await whole.FillAsync($"\"Roux, SARL\",{one},Lyon");
        await whole.BlurAsync();
        await visit.Button("Import 1 corrected row").ClickAsync();
        await Expect(Pile("New")).ToContainTextAsync("1", new() { Timeout = 20_000 });

        await visit.GoAsync(new Uri(report).AbsolutePath);
        await page.GetByLabel("The corrected file").SetInputFilesAsync(File(
            "right.csv", $"line,column,reason,Name,Where to reach,Town\n3,,,Blanc,{other},Nice\n"));
        await visit.Button("Import the corrected file").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "right.csv" })).ToBeVisibleAsync();
        await Expect(Pile("New")).ToContainTextAsync("1", new() { Timeout = 20_000 });

        Assert.Equal("Roux, SARL", await LastNameAsync(one));
        Assert.Equal("Blanc", await LastNameAsync(other));
        Assert.Empty(visit.Complaints);

        ILocator Pile(string name) => page.Locator(".tile").Filter(new() { HasText = name });

        async Task<string?> LastNameAsync(string phone) =>
            (await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}"))["items"]![0]!["lastName"]!
                .GetValue<string>();
    }

    private static FilePayload File(string name, string text) =>
        new() { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) };

    [Fact]
    public async Task What_is_wrong_in_a_file_is_explained_and_can_be_corrected_on_the_page()
    {
        var (one, other, corrected) = (site.NewPhone(), site.NewPhone(), site.NewPhone());
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/contacts/import");
        await visit.AssertAccessibleAsync();

        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "guests.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes($"Where to reach;Firstname;Town\n{one};Zoé;Lyon\n12;Karim;Nice\n{other};Léa;Brest\n"),
        });
        await Expect(page.GetByText("Read with semicolons")).ToBeVisibleAsync();
        await page.GetByLabel("What “Where to reach” is").SelectOptionAsync("Phone number");
        await Expect(page.GetByText("Something is wrong in the first 3 rows")).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync();
        await visit.Button("Import “guests.csv”").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/contacts/import/[0-9a-f-]{36}$"));
        await Expect(Pile("New")).ToContainTextAsync("2", new() { Timeout = 20_000 });
        await Expect(Pile("Left out")).ToContainTextAsync("1");
        var wrong = page.GetByLabel("Where to reach, line 3");
        await Expect(wrong).ToHaveValueAsync("12");
        await visit.AssertAccessibleAsync();
        await wrong.FillAsync(corrected);
        await wrong.BlurAsync();
        await visit.Button("Import 1 corrected row").ClickAsync();

        await Expect(Pile("Left out")).ToContainTextAsync("0", new() { Timeout = 20_000 });
        await Expect(Pile("New")).ToContainTextAsync("1");
        var contact = await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(corrected)}");
        Assert.Equal("Karim", contact["items"]![0]!["firstName"]!.GetValue<string>());
        Assert.Empty(visit.Complaints);

        ILocator Pile(string name) => page.Locator(".tile").Filter(new() { HasText = name });
    }
}
