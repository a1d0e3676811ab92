using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>What is known of one person: changed, taken along, erased.</summary>
public sealed class PeopleTests(Site site)
{
    [Fact]
    public async Task What_is_written_about_a_person_is_kept_or_refused_but_never_lost()
    {
        var tag = Site.Unique("notes");
        var phone = site.NewPhone();
        var id = (await site.Run.PostAsync("/api/contacts", new
        {
            phone,
            firstName = "Zoé",
            tags = new[] { tag },
            attributes = new Dictionary<string, string> { ["address"] = "1 rue Neuve, Lyon: 3e" },
        }))["id"]!.GetValue<string>();
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?contact={id}");

        var more = page.GetByLabel("More about this person");
        await more.FillAsync($"{await more.InputValueAsync()}\nborn in Lyon");
        await visit.Button("Save").ClickAsync();
        await Expect(more).ToHaveAccessibleDescriptionAsync(new Regex("“born in Lyon” needs a name, a colon and a value"));
        await visit.AssertAccessibleAsync();
        await more.FillAsync((await more.InputValueAsync()).Replace("born in Lyon", "born: 1990", StringComparison.Ordinal));
        await visit.Button("Save").ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("contact="));

        var kept = (await site.Run.GetAsync($"/api/contacts/{id}"))["attributes"]!;
        Assert.Equal("1 rue Neuve, Lyon: 3e", kept["address"]!.GetValue<string>());
        Assert.Equal("1990", kept["born"]!.GetValue<string>());
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Who_asks_to_be_forgotten_is_erased_and_the_numbers_stay()
    {
        var name = Site.Unique("erased");
        var campaign = await site.DraftAsync(name, people: 1);
        await site.LaunchAsync(campaign);
        await site.Run.StatsAsync(campaign, "read = 1", stats => stats["read"]!.GetValue<int>() == 1);
        var message = (await site.Run.GetAsync($"/api/campaigns/{campaign}/messages"))["items"]![0]!;
        var (id, phone) = (message["contactId"]!.GetValue<string>(), message["phone"]!.GetValue<string>());
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?contact={id}");

        await visit.Button("Erase this person").ClickAsync();
        await visit.AssertAccessibleAsync();
        await visit.Button("Erase for good").ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("contact="));
        Assert.Empty((await site.Run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}"))["items"]!.AsArray());
        await visit.GoAsync($"/campaigns/{campaign}");
        await Expect(visit.Title).ToHaveTextAsync("Sent to 1 of 1 person");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Contacts_and_results_are_downloaded_as_files()
    {
        var tag = Site.Unique("taken along");
        var phone = await site.AddPersonAsync("Zoé", tag);
        var campaign = await site.Run.CreateCampaignAsync(tag, new { tags = new[] { tag } });
        await site.LaunchAsync(campaign);
        await site.Run.StatsAsync(campaign, "read = 1", stats => stats["read"]!.GetValue<int>() == 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/contacts?tag={Uri.EscapeDataString(tag)}");

        var contacts = await FileOfAsync("Download as CSV");
        Assert.Equal(2, contacts.Length); // the header, and those of the filter
        Assert.Contains(phone[1..], contacts[1], StringComparison.Ordinal);
        await visit.GoAsync($"/campaigns/{campaign}");
        var results = await FileOfAsync("Export as CSV");
        Assert.Equal(2, results.Length);
        Assert.Contains(phone[1..], results[1], StringComparison.Ordinal);

        async Task<string[]> FileOfAsync(string link)
        {
            var download = await page.RunAndWaitForDownloadAsync(
                () => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
            return await File.ReadAllLinesAsync(await download.PathAsync());
        }
    }
}
