using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ExportTests(CampaignsApp app)
{
    [Fact]
    public async Task Contacts_are_exported_so_that_no_cell_is_a_formula_and_the_import_takes_them_again()
    {
        var tag = Guid.NewGuid().ToString("N");
        var contact = await app.CreateContactAsync(new()
        {
            ["firstName"] = "=cmd|' /C calc'!A0",
            ["lastName"] = "Roux; \"Zoé\"",
            ["tags"] = new JsonArray(tag, "vip"),
            ["attributes"] = new JsonObject { ["ville"] = "@Lyon" },
        });
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", contact.Id());
        await app.CreateContactAsync(new() { ["tags"] = new JsonArray("other") });

        var file = await DownloadAsync($"/api/contacts/export?tag={tag}");

        var row = Assert.Single(Read(file));
        Assert.DoesNotContain(row.Values, cell => cell is ['=' or '+' or '-' or '@', ..]);
        Assert.Equal(
            ("'" + (string?)contact["phone"], "'@Lyon", "yes"),
            (row["phone"], row["attributes.ville"], row["optedOut"]));

        await app.ExecuteAsync("delete from contacts where id = $1", contact.Id());
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new("text/csv") } };
        using var response = await app.Client.PostAsync("/api/contacts/import", content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var again = await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/contacts?tag={tag}"), page => (int)page["total"]! == 1);
        foreach (var field in new[] { "phone", "firstName", "lastName", "tags", "attributes", "optedOut" })
        {
            var expected = field == "optedOut" ? JsonValue.Create(true) : contact[field];
            Assert.True(JsonNode.DeepEquals(expected, again["items"]![0]![field]), field);
        }
    }

    [Fact]
    public async Task An_export_can_be_imported_however_many_attributes_people_have_together()
    {
        var tag = Guid.NewGuid().ToString("N");
        var people = new List<JsonNode>();
        for (var person = 0; person < 3; person++)
        {
            var attributes = Enumerable.Range(0, 30)
                .Select(n => KeyValuePair.Create($"{tag[..8]} {person} {n}", (JsonNode?)$"v{n}"));
            people.Add(await app.CreateContactAsync(
                new() { ["tags"] = new JsonArray(tag), ["attributes"] = new JsonObject(attributes) }));
        }

        var file = await DownloadAsync($"/api/contacts/export?tag={tag}");
        await app.ExecuteAsync("delete from contacts where tags = array[$1]", tag);
        var import = await app.ImportAsync(file);

        Assert.Equal((3, 0), ((int)import["inserted"]!, (int)import["rejected"]!));
        foreach (var person in people)
        {
            var again = await app.FindAsync((string)person["phone"]!);
            Assert.True(JsonNode.DeepEquals(person["attributes"], again["attributes"]));
        }
    }

    [Fact]
    public async Task The_messages_of_a_campaign_are_exported_with_what_became_of_them()
    {
        await using var campaign = await app.LaunchAsync(2);
        await campaign.Orders.AcceptAsync(await campaign.Orders.NextAsync());
        await campaign.Orders.RejectAsync(await campaign.Orders.NextAsync(), "63016");
        await app.StatsAsync(campaign.Id, stats => (int)stats["failed"]! == 1 && (int)stats["sent"]! == 1);

        var rows = Read(await DownloadAsync($"/api/campaigns/{campaign.Id}/export"));

        Assert.Equal(campaign.Phones.Order().Select(phone => "'" + phone), rows.Select(row => row["phone"]).Order());
        var failed = Assert.Single(rows, row => row["status"] == "failed");
        Assert.Equal(("message1", "63016"), (failed["kind"], failed["errorCode"]));
        Assert.NotEmpty(failed["error"]);
        Assert.NotEmpty(Assert.Single(rows, row => row["status"] == "sent")["sentAt"]);

        using var unknown = await app.Client.GetAsync($"/api/campaigns/{Guid.NewGuid()}/export");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<byte[]> DownloadAsync(string path)
    {
        using var response = await app.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        var file = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetPreamble(), file[..3]);
        return file;
    }

    private static List<Dictionary<string, string>> Read(byte[] file)
    {
        using var csv = CsvReader.Create(file, new() { Separator = ',' });
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read())
        {
            rows.Add(csv.Headers.Index().ToDictionary(column => column.Item, column => csv.GetString(column.Index)));
        }

        return rows;
    }
}
