using System.Net;
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
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_byte_in_UTF_8_fails_and_garbles_nobody(bool mark)
    {
        var phone = CampaignsApp.AnyPhone();
        var filler = string.Concat(Enumerable.Repeat("+33611111111,Ana\n", 70_000));
        byte[] start = [.. mark ? Encoding.UTF8.GetPreamble() : [],
            .. Encoding.UTF8.GetBytes($"phone,firstName\n{phone},Zoé\n{filler}+33622222222,L")];

        var import = await app.ImportAsync([.. start, 0xE9, .. "a\n+33633333333,Inès\n"u8]);

        Assert.Equal(("failed", "file", 70_003L), (
            (string?)import["state"], (string?)import["error"]!["field"], (long?)import["error"]!["line"]));
        Assert.Contains(
            $"(byte {start.Length + 1} of the file)", (string)import["error"]!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync($"/api/contacts?search={phone[1..]}"))["total"]!);
        Assert.Equal(["contacts.importFailed"], await app.ActivityOfAsync(import.Id()));
    }

    [Fact]
    public async Task An_accent_at_the_very_end_of_a_file_tells_its_encoding_too()
    {
        var phone = CampaignsApp.AnyPhone();

        var import = await app.ImportAsync(TextEncodings.Get("windows-1252").GetBytes($"phone,firstName\n{phone},Zoé"));

        Assert.Equal("windows-1252", (string?)import["encoding"]);
        Assert.Equal("Zoé", (string?)(await app.FindAsync(phone))["firstName"]);
    }

    public static TheoryData<byte[], string, string> NoCsv => new()
    {
        { "{ \"people\": [\"+33612345678\"] }"u8.ToArray(), "file", "JSON" },
        { "<!DOCTYPE html><html><body>Not found</body></html>"u8.ToArray(), "file", "page web" },
        { [0x89, .. "PNG\r\n\u001A\n\0\0\0\rIHDR\0\0"u8], "file", "pas du texte" },
        { [.. "%PDF-1.7\n%"u8, 0xE2, 0xE3, 0xCF, 0xD3], "file", "PDF" },
        { [.. "PK"u8, 3, 4, 20, 0, 6, 0, 8, 0, .. "[Content_Types].xml"u8], "file", "classeur" },
        {
            Encoding.UTF8.GetBytes(
                "phone," + string.Join(',', Enumerable.Range(1, 9_999).Select(n => $"c{n}")) + "\n+33612345678\n"),
            "columns", "10000 colonnes, au plus"
        },
    };

    [Theory]
    [MemberData(nameof(NoCsv), DisableDiscoveryEnumeration = true)]
    public async Task What_is_no_list_is_told_so_by_the_import_and_by_the_check(byte[] file, string field, string word)
    {
        foreach (var path in (string[])["/api/contacts/import", "/api/contacts/import/check"])
        {
            using var content = ImportCalls.Csv(file);
            using var response = await app.Client.PostAsync($"{path}?language=fr", content);

            Assert.Equal(400, (int)response.StatusCode);
            var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
            Assert.Contains(word, (string?)problem["errors"]![field]![0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("en", "At most 200 MB can be sent here at once: send it in parts.")]
    [InlineData("fr", "Au plus 200 Mo peuvent être envoyés ici à la fois : procédez en plusieurs envois.")]
    public async Task A_file_that_is_too_large_is_refused_with_what_would_be_possible(string language, string remedy)
    {
        var import = await app.ImportAsync("phone\n12\n");
        foreach (var path in (string[])["import", "import/check", $"imports/{import.Id()}/rejects"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/contacts/{path}?language={language}")
            {
                Content = new Claimed((200L << 20) + 1),
            };
            request.Headers.Add("Accept-Language", language);
            request.Headers.ExpectContinue = true; // a refusal is read before the body is sent

            using var response = await app.Client.SendAsync(request);

            Assert.Equal(413, (int)response.StatusCode);
            Assert.Equal(remedy, (string?)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]);
        }
    }

    [Theory]
    [InlineData("text/csv", "name\nZoé\n", 400, "phone")]
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

    [Theory]
    [InlineData(10_000)]
    [InlineData(5_000)] // which other versions may have taken in at once
    public async Task An_import_that_a_crash_has_interrupted_goes_on_where_it_was(int merged)
    {
        var first = 447_900_000_000 + Random.Shared.Next(10_000) * 10_000;
        var phones = Enumerable.Range(0, 10_002).Select(index => index == 2 ? "12" : $"+{first + index}").ToList();
        var file = "phone\n" + string.Join('\n', phones);
        var import = await app.ImportAsync(file);
        // As a process leaves it that dies after the first chunk: the file is still there.
        await app.ExecuteAsync("""
            with file as (
                insert into contact_import_chunks (import_id, number, bytes) values ($1, 0, $2) returning 1)
            update contact_imports set state = 'running', merged_up_to = $3, inserted = $3 - 1, unchanged = 0
            from file where id = $1
            """, import.Id(), Encoding.UTF8.GetBytes(file), merged);
        await app.ExecuteAsync("delete from contacts where phone = $1", phones[^1]);

        var again = await app.DoneAsync(import.Id());

        Assert.Equal((10_002, merged, 10_001 - merged, 0, 1), (
            (int)again["rowsRead"]!, (int)again["inserted"]!, (int)again["unchanged"]!, (int)again["duplicates"]!,
            (int)again["rejected"]!));
        await app.FindAsync(phones[^1]);
    }

    /// <summary>A body that says how long it is, and never comes.</summary>
    private sealed class Claimed : HttpContent
    {
        private readonly long _length;

        public Claimed(long length)
        {
            _length = length;
            Headers.ContentType = new("text/csv");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;
    }
}
