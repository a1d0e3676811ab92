using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

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

    [Theory]
    [InlineData("fr", "Le numéro de téléphone manque.")]
    [InlineData("en", "The phone number is missing.")]
    public async Task The_reason_is_told_in_the_language_of_whoever_asks(string language, string reason)
    {
        var import = await app.ImportAsync("phone;firstName\n;Ana\n");

        var rows = await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows?language={language}");

        Assert.Equal(reason, (string?)Assert.Single(rows["items"]!.AsArray())!["reason"]);
    }
}
