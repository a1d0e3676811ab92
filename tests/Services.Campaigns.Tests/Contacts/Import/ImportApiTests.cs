using System.Text.Json.Nodes;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

/// <summary>What becomes of the rows of a file.</summary>
[Collection(CampaignsApp.Name)]
public class ImportApiTests(CampaignsApp app)
{
    [Fact]
    public async Task Every_row_lands_in_one_pile_and_the_piles_add_up()
    {
        var (changed, same) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        await app.CreateContactAsync(
            new() { ["phone"] = changed, ["firstName"] = "Zoé", ["tags"] = new JsonArray("vip") });
        await app.CreateContactAsync(new() { ["phone"] = same, ["firstName"] = "Léa" });
        var added = CampaignsApp.AnyPhone();

        var import = await app.ImportAsync($"""
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

        var ana = await app.FindAsync(added);
        Assert.Equal(
            ("Ana", "Roux", "Lyon"),
            ((string?)ana["firstName"], (string?)ana["lastName"], (string?)ana["attributes"]!["Ville"]));
        Assert.Equal(["vip", "nouveau"], ana["tags"]!.AsArray().Select(tag => (string?)tag));
        var zoe = await app.FindAsync(changed);
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
    public async Task A_second_import_of_the_same_file_changes_nothing()
    {
        var file = "phone,firstName,city\n" + string.Concat(
            Enumerable.Range(0, 50).Select(index => $"{CampaignsApp.AnyPhone()},N{index},Lyon\n"));
        await app.ImportAsync(file);

        var again = await app.ImportAsync(file);

        Assert.Equal((0, 0, 50), ((int)again["inserted"]!, (int)again["updated"]!, (int)again["unchanged"]!));
    }

    [Fact]
    public async Task A_form_with_a_file_a_mapping_and_tags_is_taken_too()
    {
        var phone = CampaignsApp.AnyPhone();
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent("x"), "other");
        form.Add(new StringContent($"a,b\nZoé,{phone}\n"), "file", "liste.csv");

        var import = await app.DoneAsync(await app.Client.PostAsync(
            "/api/contacts/import?map=a:attribute.surnom&map=b:phone&tag=mai&tag=vip&country=FR", form));

        Assert.Equal(("liste.csv", 1), ((string?)import["fileName"], (int)import["inserted"]!));
        var contact = await app.FindAsync(phone);
        Assert.Equal("Zoé", (string?)contact["attributes"]!["surnom"]);
        Assert.Equal(["mai", "vip"], contact["tags"]!.AsArray().Select(tag => (string?)tag));
    }

    [Fact]
    public async Task In_a_large_file_whoever_is_known_is_changed_and_the_others_are_added_in_the_order_of_the_file()
    {
        var first = 447_600_000_000 + Random.Shared.Next(10_000) * 20_000L;
        var phones = Enumerable.Range(0, 17_000).Select(index => $"+{first + index}").ToList();
        var known = phones[4_990..9_000]; // of the first part the end, of the second not all, of the others nobody
        await app.ImportAsync("phone,firstName\n" + string.Concat(known.Select(phone => $"{phone},Ana\n")));

        var import = await app.ImportAsync("phone,firstName\n" + string.Concat(phones.Select(phone => $"{phone},Zoé\n")));

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

            var import = await app.ImportAsync(
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

        var import = await app.ImportAsync($"firstName,phone\nAna,{known}\nLéa,{unknown}\n", "&list=optOut");

        Assert.Equal((1, 1), ((int)import["inserted"]!, (int)import["updated"]!));
        var (zoe, other) = (await app.FindAsync(known), await app.FindAsync(unknown));
        Assert.Equal((true, "Zoé"), ((bool)zoe["optedOut"]!, (string?)zoe["firstName"]));
        Assert.Equal((true, null), ((bool)other["optedOut"]!, (string?)other["firstName"]));
    }

    private static string National(string phone) => "0" + phone[3..];

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
}
