using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ImportApiTests(CampaignsApp app)
{
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Every_row_lands_in_one_pile_and_the_piles_add_up()
    {
        var (changed, same) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        await app.CreateContactAsync(
            new() { ["phone"] = changed, ["firstName"] = "Zoé", ["tags"] = new JsonArray("vip") });
        await app.CreateContactAsync(new() { ["phone"] = same, ["firstName"] = "Léa" });
        var added = CampaignsApp.AnyPhone();

        var import = await ImportAsync($"""
            Téléphone;Prénom;Nom;étiquettes;Ville
            {National(added)};Ana;Roux;vip, nouveau;Lyon
            {changed};;Blanc;nouveau;
            {same};Léa;;;
            {added};Bis;;;
            06;Pas un numéro;;;
            {CampaignsApp.AnyPhone()};{new string('x', 101)};;;
            """);

        Assert.Equal("completed", (string?)import["state"]);
        Assert.Equal(
            (6, 1, 1, 1, 1, 2),
            ((int)import["rowsRead"]!, (int)import["inserted"]!, (int)import["updated"]!, (int)import["unchanged"]!,
                (int)import["duplicates"]!, (int)import["rejected"]!));
        Assert.Equal(("utf-8", ";", "fr", 1.0), ((string?)import["encoding"], (string?)import["delimiter"],
            (string?)import["headerLanguage"], (double)import["progress"]!));

        var ana = await FindAsync(added);
        Assert.Equal(
            ("Ana", "Roux", "Lyon"),
            ((string?)ana["firstName"], (string?)ana["lastName"], (string?)ana["attributes"]!["Ville"]));
        Assert.Equal(["vip", "nouveau"], ana["tags"]!.AsArray().Select(tag => (string?)tag));
        var zoe = await FindAsync(changed);
        Assert.Equal(("Zoé", "Blanc"), ((string?)zoe["firstName"], (string?)zoe["lastName"]));
        Assert.Equal(["vip", "nouveau"], zoe["tags"]!.AsArray().Select(tag => (string?)tag));

        var rejected = (await app.GetAsync($"/api/contacts/imports/{import["id"]}/rejected-rows?limit=1"))!;
        Assert.Equal((2, 6L, "Téléphone", "phone"), (
            (int)rejected["total"]!, (long)rejected["items"]![0]!["line"]!, (string?)rejected["items"]![0]!["column"],
            (string?)rejected["items"]![0]!["field"]));
        var rest = await app.GetAsync(
            $"/api/contacts/imports/{import["id"]}/rejected-rows?cursor={rejected["nextCursor"]}");
        Assert.Equal((7L, "Prénom"), ((long)rest["items"]![0]!["line"]!, (string?)rest["items"]![0]!["column"]));
    }

    [Fact]
    public async Task Rejected_rows_can_be_downloaded_corrected_and_sent_alone()
    {
        var phone = CampaignsApp.AnyPhone();
        var import = await ImportAsync($"phone;firstName;city\n{CampaignsApp.AnyPhone()};Ana;\nabc;=Zoé;Lyon\n");

        var file = await app.Client.GetByteArrayAsync($"/api/contacts/imports/{import["id"]}/rejects");
        Assert.Equal(
            "\uFEFFline,column,reason,phone,firstName,city\r\n3,phone,",
            Encoding.UTF8.GetString(file)[..50]);
        var again = await ImportAsync(
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file).Replace("abc", phone, StringComparison.Ordinal)));

        Assert.Equal((1, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!));
        var contact = await FindAsync(phone);
        Assert.Equal("=Zoé", (string?)contact["firstName"]);
        Assert.Equal(["city"], contact["attributes"]!.AsObject().Select(attribute => attribute.Key));
    }

    [Fact]
    public async Task A_second_import_of_the_same_file_changes_nothing()
    {
        var file = "phone,firstName,city\n" + string.Concat(
            Enumerable.Range(0, 50).Select(index => $"{CampaignsApp.AnyPhone()},N{index},Lyon\n"));
        await ImportAsync(file);

        var again = await ImportAsync(file);

        Assert.Equal((0, 0, 50), ((int)again["inserted"]!, (int)again["updated"]!, (int)again["unchanged"]!));
    }

    [Fact]
    public async Task A_form_with_a_file_a_mapping_and_tags_is_taken_too()
    {
        var phone = CampaignsApp.AnyPhone();
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent("x"), "other");
        form.Add(new StringContent($"a,b\nZoé,{phone}\n"), "file", "liste.csv");

        var import = await DoneAsync(await app.Client.PostAsync(
            "/api/contacts/import?map=a:attribute.surnom&map=b:phone&tag=mai&tag=vip&country=FR", form));

        Assert.Equal(("liste.csv", 1), ((string?)import["fileName"], (int)import["inserted"]!));
        var contact = await FindAsync(phone);
        Assert.Equal("Zoé", (string?)contact["attributes"]!["surnom"]);
        Assert.Equal(["mai", "vip"], contact["tags"]!.AsArray().Select(tag => (string?)tag));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("windows-1252")]
    public async Task Accents_survive_every_encoding(string name)
    {
        // The first accent stands behind the part of the file by which people would guess.
        var phone = CampaignsApp.AnyPhone();
        var filler = string.Concat(Enumerable.Repeat("+33611111111,Ana\n", 70_000));
        var encoding = TextEncodings.Get(name);

        var import = await ImportAsync(
            [.. encoding.GetPreamble(), .. encoding.GetBytes($"phone,firstName\n{filler}{phone},Zoé\n")]);

        Assert.Equal(name, (string?)import["encoding"]);
        Assert.Equal("Zoé", (string?)(await FindAsync(phone))["firstName"]);
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
    public async Task A_check_says_how_the_file_would_be_read()
    {
        var check = await CheckAsync("Téléphone;Ville\n06 12 34 56 78;Lyon\n'+33 6;=1\n", "country=FR&language=fr");

        Assert.Equal((";", "utf-8", "FR", 2), (
            (string?)check["delimiter"], (string?)check["encoding"], (string?)check["country"], (int)check["rows"]!));
        Assert.Equal(["phone", "attribute"], check["columns"]!.AsArray().Select(column => (string?)column!["field"]));
        Assert.Equal(["Téléphone", "Ville"], check["columns"]!.AsArray().Select(column => (string?)column!["header"]));
        var problem = Assert.Single(check["problems"]!.AsArray())!;
        Assert.Equal((3L, "Téléphone", "phone"), (
            (long)problem["line"]!, (string?)problem["column"], (string?)problem["field"]));
        Assert.StartsWith("Après +33 viennent 9 chiffres", (string?)problem["reason"], StringComparison.Ordinal);
        Assert.Equal(
            ["06 12 34 56 78", "+33 6"], check["columns"]![0]!["samples"]!.AsArray().Select(value => (string?)value));
    }

    [Fact]
    public async Task A_check_shows_a_file_whose_phone_column_is_unknown_so_that_somebody_can_map_it()
    {
        var check = await CheckAsync("a,b\nZoé,0612345678\n", "country=FR");
        Assert.Equal("phone", (string?)Assert.Single(check["problems"]!.AsArray())!["field"]);
        Assert.Equal(["0612345678"], check["columns"]![1]!["samples"]!.AsArray().Select(value => (string?)value));

        var mapped = await CheckAsync("a,b\nZoé,0612345678\n", "country=FR&map=b:phone&map=a:firstName");
        Assert.Empty(mapped["problems"]!.AsArray());
        Assert.Equal(
            ["firstName", "phone"], mapped["columns"]!.AsArray().Select(column => (string?)column!["field"]));
    }

    [Fact]
    public async Task A_check_of_a_large_file_looks_at_its_beginning_only()
    {
        var check = await CheckAsync(
            "phone,firstName\n" + string.Concat(Enumerable.Repeat("0612345678,\"Zoé\"\n", 20_000)) + "bad\n",
            "country=FR");

        Assert.Equal(200, (int)check["rows"]!);
        Assert.Empty(check["problems"]!.AsArray());
    }

    [Fact]
    public async Task A_row_that_the_check_has_cut_off_is_no_problem()
    {
        var check = await CheckAsync(
            "phone,firstName\n" + string.Concat(Enumerable.Repeat($"0612345678,\"{new string('x', 90)}\"\n", 10))
            + $"0612345678,\"{new string('x', 70_000)}\"\n", "country=FR");

        Assert.Equal(10, (int)check["rows"]!);
        Assert.Empty(check["problems"]!.AsArray());
    }

    [Fact]
    public async Task Line_ends_may_be_mixed()
    {
        var phones = Enumerable.Range(0, 4).Select(_ => CampaignsApp.AnyPhone()).ToArray();

        var import = await ImportAsync(
            $"phone,firstName\r\n{phones[0]},Ana\n{phones[1]},Léa\r\n\n{phones[2]},\"Zoé\"\r\n{phones[3]},Inès");

        Assert.Equal(("completed", 4, 0), (
            (string?)import["state"], (int)import["inserted"]!, (int)import["rejected"]!));
        Assert.Equal("Inès", (string?)(await FindAsync(phones[3]))["firstName"]);
    }

    [Theory]
    [InlineData("\"never closed,Zoé\n+33612345678,Léa\n", 3)]
    [InlineData("\"+33612345678\"x,Zoé\n", 3)]
    public async Task A_file_that_breaks_in_the_middle_changes_nobody(string rest, long line)
    {
        var phone = CampaignsApp.AnyPhone();

        var import = await ImportAsync($"phone,firstName\n{phone},Ana\n{rest}");

        Assert.Equal(("failed", "file", line), (
            (string?)import["state"], (string?)import["error"]!["field"], (long?)import["error"]!["line"]));
        Assert.Contains("quote", (string)import["error"]!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync($"/api/contacts?search={phone[1..]}"))["total"]!);
    }

    [Fact]
    public async Task A_line_of_10_MB_is_named_and_the_service_goes_on()
    {
        var import = await ImportAsync($"phone\n+33612345678\n{new string('1', 10 << 20)}\n+33612345679\n");

        Assert.Equal(("failed", 3L), ((string?)import["state"], (long?)import["error"]!["line"]));
        Assert.Equal("completed", (string?)(await ImportAsync($"phone\n{CampaignsApp.AnyPhone()}\n"))["state"]);
    }

    [Fact]
    public async Task An_import_that_a_crash_has_interrupted_goes_on_where_it_was()
    {
        var first = 447_900_000_000 + Random.Shared.Next(10_000) * 10_000;
        var phones = Enumerable.Range(0, 10_002).Select(index => $"+{first + index}").ToList();
        var file = "phone\n" + string.Join('\n', phones);
        var import = await ImportAsync(file);
        // As a process leaves it that dies after the first chunk: the file is still there.
        await app.ExecuteAsync("""
            with file as (
                insert into contact_import_chunks (import_id, number, bytes) values ($1, 0, $2) returning 1)
            update contact_imports set state = 'running', merged_up_to = 10000, inserted = 10000, unchanged = 0
            from file where id = $1
            """, import.Id(), Encoding.UTF8.GetBytes(file));
        await app.ExecuteAsync("delete from contacts where phone = $1", phones[^1]);

        var again = await DoneAsync(import.Id());

        Assert.Equal(
            (10_002, 10_001, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!, (int)again["unchanged"]!));
        await FindAsync(phones[^1]);
    }

    [Fact]
    public async Task In_a_large_file_whoever_is_known_is_changed_and_the_others_are_added_in_the_order_of_the_file()
    {
        var first = 447_600_000_000 + Random.Shared.Next(10_000) * 20_000L;
        var phones = Enumerable.Range(0, 17_000).Select(index => $"+{first + index}").ToList();
        var known = phones[4_990..9_000]; // of the first part the end, of the second not all, of the others nobody
        await ImportAsync("phone,firstName\n" + string.Concat(known.Select(phone => $"{phone},Ana\n")));

        var import = await ImportAsync("phone,firstName\n" + string.Concat(phones.Select(phone => $"{phone},Zoé\n")));

        Assert.Equal(
            (17_000, 12_990, 4_010),
            ((int)import["rowsRead"]!, (int)import["inserted"]!, (int)import["updated"]!));
        Assert.Equal(17_000, await app.CountAsync(
            "select count(*) from contacts where first_name = 'Zoé' and phone between $1 and $2", phones[0], phones[^1]));
        Assert.Equal(0, await app.CountAsync("""
            select count(*) from (
                select phone, lag(phone) over (order by id) as before from contacts where import_id = $1) added
            where phone < before
            """, import.Id()));
    }

    [Fact]
    public async Task Every_row_stands_in_the_pile_where_it_belongs_whatever_is_in_the_file()
    {
        var phones = Enumerable.Range(0, 20).Select(_ => CampaignsApp.AnyPhone()).ToArray();
        var row = from phone in Gen.Elements<string>([.. phones, "", "abc", "0"])
                  from name in Gen.Elements("", "Zoé", "\"a;b\"", "x\"y", "'=1", "\u0001")
                  from tag in Gen.Elements("", "vip", "a,b|c")
                  select (Phone: phone, Name: name, Tags: tag);
        var people = new Dictionary<string, (string Name, HashSet<string> Tags)>();
        foreach (var rows in row.ArrayOf(60).Sample(8))
        {
            var expected = Piles(rows, phones, people);

            var import = await ImportAsync(
                "phone;firstName;tags\n" + string.Concat(rows.Select(r => $"{r.Phone};{r.Name};{r.Tags}\n")));

            Assert.Equal("completed", (string?)import["state"]);
            Assert.Equal(60, (int)import["rowsTotal"]!);
            Assert.Equal(60, (int)import["rowsRead"]!);
            Assert.Equal(expected, (
                (int)import["inserted"]!, (int)import["updated"]!, (int)import["unchanged"]!,
                (int)import["duplicates"]!, (int)import["rejected"]!));
        }
    }

    [Fact]
    public async Task The_people_of_an_opt_out_list_are_opted_out_and_nothing_else_changes()
    {
        var (known, unknown) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        await app.CreateContactAsync(new() { ["phone"] = known, ["firstName"] = "Zoé" });

        var import = await ImportAsync($"firstName,phone\nAna,{known}\nLéa,{unknown}\n", "&list=optOut");

        Assert.Equal((1, 1), ((int)import["inserted"]!, (int)import["updated"]!));
        var (zoe, other) = (await FindAsync(known), await FindAsync(unknown));
        Assert.Equal((true, "Zoé"), ((bool)zoe["optedOut"]!, (string?)zoe["firstName"]));
        Assert.Equal((true, null), ((bool)other["optedOut"]!, (string?)other["firstName"]));
    }

    [Fact]
    public async Task Rejected_rows_that_are_sent_again_are_read_as_their_file_was()
    {
        var phone = CampaignsApp.AnyPhone();
        var import = await ImportAsync("a;b;Ville\nZoé;123;Lyon\n", "&map=a:attribute.surnom&map=b:phone&tag=mai");

        using var corrected = Csv(Encoding.UTF8.GetBytes($"line,reason,a,b,Ville\n2,wrong,Zoé,{phone},Lyon\n"));
        var again = await DoneAsync(
            await app.Client.PostAsync($"/api/contacts/imports/{import.Id()}/rejects", corrected));

        Assert.Equal((1, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!));
        var contact = await FindAsync(phone);
        Assert.Equal("""{"Ville":"Lyon","surnom":"Zoé"}""", contact["attributes"]!.ToJsonString(Readable));
        Assert.Equal("mai", (string?)contact["tags"]!.AsArray().Single());
    }

    [Theory]
    [InlineData("fr", "Le numéro de téléphone manque.")]
    [InlineData("en", "The phone number is missing.")]
    public async Task The_reason_is_told_in_the_language_of_whoever_asks(string language, string reason)
    {
        var import = await ImportAsync("phone;firstName\n;Ana\n");

        var rows = await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows?language={language}");

        Assert.Equal(reason, (string?)Assert.Single(rows["items"]!.AsArray())!["reason"]);
    }

    private async Task<JsonNode> CheckAsync(string file, string query)
    {
        using var content = Csv(Encoding.UTF8.GetBytes(file));
        using var response = await app.Client.PostAsync($"/api/contacts/import/check?{query}", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static string National(string phone) => "0" + phone[3..];

    private static ByteArrayContent Csv(byte[] file) =>
        new(file) { Headers = { ContentType = new("text/csv") } };

    private Task<JsonNode> ImportAsync(string file, string query = "") =>
        ImportAsync(Encoding.UTF8.GetBytes(file), query);

    private async Task<JsonNode> ImportAsync(byte[] file, string query = "")
    {
        using var content = Csv(file);
        return await DoneAsync(await app.Client.PostAsync($"/api/contacts/import?country=FR{query}", content));
    }

    /// <summary>What should become of the rows; <paramref name="people"/> become what they should be then.</summary>
    private static (int Inserted, int Updated, int Unchanged, int Duplicates, int Rejected) Piles(
        IEnumerable<(string Phone, string Name, string Tags)> rows, string[] phones,
        Dictionary<string, (string Name, HashSet<string> Tags)> people)
    {
        var (inserted, updated, unchanged, duplicates, rejected) = (0, 0, 0, 0, 0);
        var seen = new HashSet<string>();
        foreach (var (phone, name, tags) in rows)
        {
            var added = tags.Split(',', '|').Where(tag => tag.Length > 0).ToHashSet();
            if (!phones.Contains(phone) || name == "\u0001")
            {
                rejected++;
            }
            else if (!seen.Add(phone))
            {
                duplicates++;
            }
            else if (!people.TryGetValue(phone, out var person))
            {
                inserted++;
                people[phone] = (name, added);
            }
            else if ((name.Length > 0 && name != person.Name) || !added.IsSubsetOf(person.Tags))
            {
                updated++;
                people[phone] = (name.Length > 0 ? name : person.Name, [.. person.Tags, .. added]);
            }
            else
            {
                unchanged++;
            }
        }

        return (inserted, updated, unchanged, duplicates, rejected);
    }

    private async Task<JsonNode> DoneAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(
                response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
            return await DoneAsync((Guid)(await response.Content.ReadFromJsonAsync<JsonObject>())!["importId"]!);
        }
    }

    private Task<JsonNode> DoneAsync(Guid import) => Eventually.ReturnsAsync(
        () => app.GetAsync($"/api/contacts/imports/{import}"),
        answer => (string?)answer["state"] is "completed" or "failed");

    private async Task<JsonNode> FindAsync(string phone) =>
        Assert.Single((await app.GetAsync($"/api/contacts?search={phone[1..]}"))["items"]!.AsArray())!;
}
