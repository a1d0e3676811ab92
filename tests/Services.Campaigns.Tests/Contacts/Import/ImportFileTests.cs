using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>Files as people and machines leave them.</summary>
[Collection(CampaignsApp.Name)]
public class ImportFileTests(CampaignsApp app)
{
    [Theory]
    [InlineData("utf-16")]
    [InlineData("windows-1252")]
    public async Task Accents_survive_every_encoding(string name)
    {
        // The first accent stands behind the part of the file by which people would guess.
        var phone = CampaignsApp.AnyPhone();
        var filler = string.Concat(Enumerable.Repeat("+33611111111,Ana\n", 70_000));
        var encoding = TextEncodings.Get(name);

        var import = await app.ImportAsync(
            [.. encoding.GetPreamble(), .. encoding.GetBytes($"phone,firstName\n{filler}{phone},Zoé\n")]);

        Assert.Equal(name, (string?)import["encoding"]);
        Assert.Equal("Zoé", (string?)(await app.FindAsync(phone))["firstName"]);
    }

    [Theory]
    [InlineData("text/csv", "name\nZoé\n", 400, "phone")]
    [InlineData("text/csv", "{ \"people\": [\"+33612345678\"] }", 400, "phone")]
    [InlineData("text/csv", "<html><body>Not found</body></html>", 400, "phone")]
    [InlineData("text/csv", "", 400, "file")]
    [InlineData("text/csv?country=XX", "phone\n", 400, "country")]
    [InlineData("text/csv?delimiter=-", "phone\n", 400, "delimiter")]
    [InlineData("text/csv?map=c:phone", "phone,b\n", 400, "map")]
    [InlineData("text/csv?map=b:wrong", "phone,b\n", 400, "map")]
    [InlineData("text/csv?map=b:tags&map=c:tags", "phone,b,c\n", 400, "map")]
    [InlineData("text/csv?list=wrong", "phone\n", 400, "list")]
    [InlineData("application/json", "{}", 415, null)]
    [InlineData("multipart/form-data; boundary=x", "--x--", 415, null)]
    public async Task What_cannot_be_imported_is_refused_at_once(string type, string body, int status, string? field)
    {
        var parts = type.Split('?');
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(parts[0]);
        using var response = await app.Client.PostAsync("/api/contacts/import?" + parts.ElementAtOrDefault(1), content);

        Assert.Equal(status, (int)response.StatusCode);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(field is null || problem["errors"]!.AsObject().ContainsKey(field), problem.ToJsonString());
    }

    [Fact]
    public async Task Line_ends_may_be_mixed()
    {
        var phones = Enumerable.Range(0, 4).Select(_ => CampaignsApp.AnyPhone()).ToArray();

        var import = await app.ImportAsync(
            $"phone,firstName\r\n{phones[0]},Ana\n{phones[1]},Léa\r\n\n{phones[2]},\"Zoé\"\r\n{phones[3]},Inès");

        Assert.Equal(("completed", 4, 0), (
            (string?)import["state"], (int)import["inserted"]!, (int)import["rejected"]!));
        Assert.Equal("Inès", (string?)(await app.FindAsync(phones[3]))["firstName"]);
    }

    [Theory]
    [InlineData("\"never closed,Zoé\n+33612345678,Léa\n", 3)]
    [InlineData("\"+33612345678\"x,Zoé\n", 3)]
    public async Task A_file_that_breaks_in_the_middle_changes_nobody(string rest, long line)
    {
        var phone = CampaignsApp.AnyPhone();

        var import = await app.ImportAsync($"phone,firstName\n{phone},Ana\n{rest}");

        Assert.Equal(("failed", "file", line), (
            (string?)import["state"], (string?)import["error"]!["field"], (long?)import["error"]!["line"]));
        Assert.Contains("quote", (string)import["error"]!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync($"/api/contacts?search={phone[1..]}"))["total"]!);
    }

    [Fact]
    public async Task A_line_of_10_MB_is_named_and_the_service_goes_on()
    {
        var import = await app.ImportAsync($"phone\n+33612345678\n{new string('1', 10 << 20)}\n+33612345679\n");

        Assert.Equal(("failed", 3L), ((string?)import["state"], (long?)import["error"]!["line"]));
        Assert.Equal("completed", (string?)(await app.ImportAsync($"phone\n{CampaignsApp.AnyPhone()}\n"))["state"]);
    }

    [Fact]
    public async Task An_import_that_a_crash_has_interrupted_goes_on_where_it_was()
    {
        var first = 447_900_000_000 + Random.Shared.Next(10_000) * 10_000;
        var phones = Enumerable.Range(0, 10_002).Select(index => $"+{first + index}").ToList();
        var file = "phone\n" + string.Join('\n', phones);
        var import = await app.ImportAsync(file);
        // As a process leaves it that dies after the first chunk: the file is still there.
        await app.ExecuteAsync("""
            with file as (
                insert into contact_import_chunks (import_id, number, bytes) values ($1, 0, $2) returning 1)
            update contact_imports set state = 'running', merged_up_to = 10000, inserted = 10000, unchanged = 0
            from file where id = $1
            """, import.Id(), Encoding.UTF8.GetBytes(file));
        await app.ExecuteAsync("delete from contacts where phone = $1", phones[^1]);

        var again = await app.DoneAsync(import.Id());

        Assert.Equal(
            (10_002, 10_001, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!, (int)again["unchanged"]!));
        await app.FindAsync(phones[^1]);
    }
}
