using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>What was not taken in, and its second try.</summary>
[Collection(CampaignsApp.Name)]
public class ImportRejectsTests(CampaignsApp app)
{
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Rejected_rows_can_be_downloaded_corrected_and_sent_alone()
    {
        var phone = CampaignsApp.AnyPhone();
        var import = await app.ImportAsync($"phone;firstName;city\n{CampaignsApp.AnyPhone()};Ana;\nabc;=Zoé;Lyon\n");

        var file = await app.Client.GetByteArrayAsync($"/api/contacts/imports/{import["id"]}/rejects");
        Assert.Equal(
            "\uFEFFline,column,reason,phone,firstName,city\r\n3,phone,",
            Encoding.UTF8.GetString(file)[..50]);
        var again = await app.ImportAsync(
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file).Replace("abc", phone, StringComparison.Ordinal)));

        Assert.Equal((1, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!));
        var contact = await app.FindAsync(phone);
        Assert.Equal("=Zoé", (string?)contact["firstName"]);
        Assert.Equal(["city"], contact["attributes"]!.AsObject().Select(attribute => attribute.Key));
    }

    [Fact]
    public async Task Rejected_rows_that_are_sent_again_are_read_as_their_file_was()
    {
        var phone = CampaignsApp.AnyPhone();
        var import = await app.ImportAsync("a;b;Ville\nZoé;123;Lyon\n", "&map=a:attribute.surnom&map=b:phone&tag=mai");

        using var corrected = ImportCalls.Csv(Encoding.UTF8.GetBytes($"line,reason,a,b,Ville\n2,wrong,Zoé,{phone},Lyon\n"));
        var again = await app.DoneAsync(
            await app.Client.PostAsync($"/api/contacts/imports/{import.Id()}/rejects", corrected));

        Assert.Equal((1, 1), ((int)again["rowsRead"]!, (int)again["inserted"]!));
        var contact = await app.FindAsync(phone);
        Assert.Equal("""{"Ville":"Lyon","surnom":"Zoé"}""", contact["attributes"]!.ToJsonString(Readable));
        Assert.Equal("mai", (string?)contact["tags"]!.AsArray().Single());
    }

    [Fact]
    public async Task What_was_exported_edited_badly_and_corrected_is_what_it_was()
    {
        var (tag, phone) = (Guid.NewGuid().ToString("N"), CampaignsApp.AnyPhone());
        await app.CreateContactAsync(new()
        {
            ["phone"] = phone,
            ["firstName"] = "=Zoé",
            ["lastName"] = "'t Hooft",
            ["tags"] = new JsonArray(tag),
        });
        var export = await TextAsync($"/api/contacts/export?tag={tag}");
        Assert.Contains($"'{phone},'=Zoé,''t Hooft", export, StringComparison.Ordinal);

        var import = await app.ImportAsync(export.Replace(phone, "+33 6", StringComparison.Ordinal));
        Assert.Equal(1, (int)import["rejected"]!);
        var row = (await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows"))["items"]![0]!;
        Assert.Equal(["+33 6", "=Zoé", "'t Hooft"], row["cells"]!.AsArray().Take(3).Select(cell => (string?)cell));
        var rejects = await TextAsync($"/api/contacts/imports/{import.Id()}/rejects");
        Assert.Contains(",'+33 6,'=Zoé,''t Hooft", rejects, StringComparison.Ordinal);

        var other = CampaignsApp.AnyPhone();
        using var corrected = ImportCalls.Csv(
            Encoding.UTF8.GetBytes(rejects.Replace("+33 6", other, StringComparison.Ordinal)));
        var again = await app.DoneAsync(await app.Client.PostAsync(
            $"/api/contacts/imports/{import.Id()}/rejects?name=corrected.csv", corrected));

        Assert.Equal(("corrected.csv", 1), ((string?)again["fileName"], (int)again["inserted"]!));
        var contact = await app.FindAsync(other);
        Assert.Equal(("=Zoé", "'t Hooft"), ((string?)contact["firstName"], (string?)contact["lastName"]));
    }

    [Theory]
    [InlineData("en", "4 cells, but 3 columns: perhaps a comma inside a value is not in quotes.")]
    [InlineData(
        "fr", "4 cellules pour 3 colonnes : peut-être une virgule à l’intérieur d’une valeur sans guillemets.")]
    public async Task A_row_with_more_cells_than_columns_is_left_out_whole(string language, string reason)
    {
        var (phone, other) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());

        var import = await app.ImportAsync($"phone,lastName,city\n{phone},Roux, SARL,Lyon\n{other},Blanc,Nice,,\n");

        Assert.Equal((1, 1), ((int)import["inserted"]!, (int)import["rejected"]!));
        Assert.Equal("Nice", (string?)(await app.FindAsync(other))["attributes"]!["city"]);
        var rows = await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows?language={language}");
        var row = Assert.Single(rows["items"]!.AsArray())!;
        Assert.Equal(("columns", null, reason), (
            (string?)row["field"], (string?)row["column"], (string?)row["reason"]));
        Assert.Equal([phone, "Roux", " SARL", "Lyon"], row["cells"]!.AsArray().Select(cell => (string?)cell));
        Assert.EndsWith(
            $",'{phone},Roux, SARL,Lyon\r\n", await TextAsync($"/api/contacts/imports/{import.Id()}/rejects"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_row_comes_back_with_as_many_cells_as_there_are_columns()
    {
        var import = await app.ImportAsync("firstName,phone,city\nAna\n");

        Assert.EndsWith(
            ",Ana,,\r\n", await TextAsync($"/api/contacts/imports/{import.Id()}/rejects"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "Le numéro de téléphone manque.")]
    [InlineData("en", "The phone number is missing.")]
    public async Task The_reason_is_told_in_the_language_of_whoever_asks(string language, string reason)
    {
        var import = await app.ImportAsync("phone;firstName\n;Ana\n");

        var rows = await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows?language={language}");

        Assert.Equal(reason, (string?)Assert.Single(rows["items"]!.AsArray())!["reason"]);
    }

    private async Task<string> TextAsync(string path) =>
        Encoding.UTF8.GetString(await app.Client.GetByteArrayAsync(path)).TrimStart('\uFEFF');
}
