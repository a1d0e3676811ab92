using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ImportUndoTests(CampaignsApp app)
{
    [Fact]
    public async Task An_undone_import_leaves_everybody_as_they_were_before()
    {
        var (known, added) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        var zoe = await app.CreateContactAsync(new()
        {
            ["phone"] = known,
            ["firstName"] = "Zoé",
            ["tags"] = new JsonArray("vip"),
            ["attributes"] = new JsonObject { ["Ville"] = "Lyon" },
        });
        var before = await app.GetAsync($"/api/contacts/{zoe.Id()}");
        var import = await app.ImportAsync(
            $"phone,firstName,tags,Ville,optedOut\n{known},Ana,mai,Nice,yes\n{added},Léa,,,yes\n");
        Assert.True((bool)import["canUndo"]!);

        var undone = await UndoAsync(import.Id(), "Zoé");

        Assert.Equal(("completed", 1, 1, 0), (
            (string?)undone["state"], (int)undone["removed"]!, (int)undone["restored"]!, (int)undone["kept"]!));
        Assert.Equal(("Zoé", false), ((string?)undone["undoneBy"], (bool)undone["canUndo"]!));
        Assert.NotNull((string?)undone["undoneAt"]);
        Assert.Equal(before.ToJsonString(), (await app.GetAsync($"/api/contacts/{zoe.Id()}")).ToJsonString());
        Assert.Equal(0, await CountAsync(added));
        var activity = await app.GetAsync($"/api/activity?subjectId={import.Id()}&action=contacts.importUndone");
        Assert.Equal("Zoé", (string?)Assert.Single(activity["items"]!.AsArray())!["userName"]);
    }

    [Fact]
    public async Task Whoever_is_renamed_is_found_by_the_new_name_and_after_the_undo_by_the_old_one()
    {
        var (phone, old, name) = (CampaignsApp.AnyPhone(), $"Zoé{Guid.NewGuid():N}", $"Léa{Guid.NewGuid():N}");
        await app.CreateContactAsync(new() { ["phone"] = phone, ["firstName"] = old });

        var import = await app.ImportAsync($"phone,firstName\n{phone},{name}\n");
        Assert.Equal((0, 1), (await FoundAsync(old), await FoundAsync(name)));

        await UndoAsync(import.Id());
        Assert.Equal((1, 0), (await FoundAsync(old), await FoundAsync(name)));

        async Task<int> FoundAsync(string search) =>
            (int)(await app.GetAsync($"/api/contacts?search={search}"))["total"]!;
    }

    [Fact]
    public async Task Whoever_has_been_changed_since_is_left_alone()
    {
        var (known, added, written) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        var zoe = await app.CreateContactAsync(new() { ["phone"] = known, ["firstName"] = "Zoé" });
        var import = await app.ImportAsync($"phone,firstName\n{known},Ana\n{added},Léa\n{written},Mia\n");
        var lea = await app.FindAsync(added);
        foreach (var (id, phone) in new[] { (zoe.Id(), known), (lea.Id(), added) })
        {
            using var changed = await app.Client.PutAsJsonAsync(
                $"/api/contacts/{id}", new { phone, firstName = "Eva" });
            Assert.True(changed.IsSuccessStatusCode);
        }

        await app.ExecuteAsync("""
            insert into messages (id, contact_id, kind, phone, status, created_at)
            select uuid_v7(), id, 0, phone, 9, now() from contacts where phone = $1
            """, written);

        var undone = await UndoAsync(import.Id());

        Assert.Equal((0, 0, 3), ((int)undone["removed"]!, (int)undone["restored"]!, (int)undone["kept"]!));
        Assert.Equal("Eva", (string?)(await app.FindAsync(known))["firstName"]);
        Assert.Equal("Eva", (string?)(await app.FindAsync(added))["firstName"]);
        Assert.Equal("Mia", (string?)(await app.FindAsync(written))["firstName"]);
    }

    [Fact]
    public async Task Imports_can_be_undone_one_after_the_other_the_last_one_first()
    {
        var phone = CampaignsApp.AnyPhone();
        var first = await app.ImportAsync($"phone,firstName\n{phone},Ana\n");
        var second = await app.ImportAsync($"phone,firstName\n{phone},Léa\n");

        await UndoAsync(second.Id());
        Assert.Equal("Ana", (string?)(await app.FindAsync(phone))["firstName"]);

        Assert.Equal(1, (int)(await UndoAsync(first.Id()))["removed"]!);
        Assert.Equal(0, await CountAsync(phone));
    }

    [Fact]
    public async Task An_import_is_undone_once_and_only_when_it_is_over()
    {
        var import = await app.ImportAsync($"phone\n{CampaignsApp.AnyPhone()}\n");
        await UndoAsync(import.Id());
        Assert.Contains("already", await RefusedAsync(import.Id()), StringComparison.Ordinal);

        var nothing = await app.ImportAsync("phone\nabc\n");
        Assert.Contains("changed no contact", await RefusedAsync(nothing.Id()), StringComparison.Ordinal);

        await app.ExecuteAsync("update contact_imports set state = 'uploading' where id = $1", nothing.Id());
        using var unknown = await app.Client.PostAsync($"/api/contacts/imports/{nothing.Id()}/undo", null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task An_import_that_cannot_be_completed_takes_back_what_it_has_done()
    {
        var first = 447_800_000_000 + Random.Shared.Next(10_000) * 10_000;
        var import = await app.ImportAsync(
            "phone\n" + string.Join('\n', Enumerable.Range(0, 10_000).Select(index => $"+{first + index}")));
        // As a process leaves it that has died after the first chunk, at its fifth try.
        await app.ExecuteAsync("""
            update contact_imports set state = 'running', merged_up_to = 10000, tries = 5, finished_at = null
            where id = $1
            """, import.Id());

        var failed = await app.DoneAsync(import.Id());

        Assert.Equal(("failed", "file"), ((string?)failed["state"], (string?)failed["error"]!["field"]));
        Assert.Equal(0, await CountAsync($"+{first}"));
        Assert.Equal(0, await CountAsync($"+{first + 9_999}"));
    }

    private async Task<JsonNode> UndoAsync(Guid import, string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/contacts/imports/{import}/undo");
        request.Headers.Add("X-User-Name", Uri.EscapeDataString(user ?? "admin"));
        using var response = await app.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await app.DoneAsync(import);
    }

    private async Task<string> RefusedAsync(Guid import)
    {
        using var response = await app.Client.PostAsync($"/api/contacts/imports/{import}/undo", null);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
    }

    private async Task<int> CountAsync(string phone) =>
        (int)(await app.GetAsync($"/api/contacts?search={phone[1..]}"))["total"]!;
}
