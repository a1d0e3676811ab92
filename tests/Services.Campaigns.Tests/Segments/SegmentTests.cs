using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class SegmentTests(CampaignsApp app)
{
    [Fact]
    public async Task A_segment_is_kept_changed_and_deleted()
    {
        var made = await app.PostAsync("/api/segments", Form("Lyonnais", Tagged("lyon")));
        var path = $"/api/segments/{made.Id()}";

        Assert.Equal("lyon", (string?)(await app.GetAsync(path))["where"]!["tag"]);
        using var changed = await app.Client.PutAsJsonAsync(path, Form("Brestois", Tagged("brest")));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var listed = (await app.GetAsync("/api/segments?limit=1"))["items"]![0]!;
        Assert.Equal(("Brestois", "brest"), ((string?)listed["name"], (string?)listed["where"]!["tag"]));
        using var deleted = await app.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await app.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(
            ["segment.deleted", "segment.changed", "segment.created"],
            (await app.GetAsync($"/api/activity?subjectId={made.Id()}"))["items"]!.AsArray()
                .Select(entry => (string?)entry!["action"]));
    }

    [Fact]
    public async Task An_audience_of_conditions_counts_whom_it_describes()
    {
        var tag = Guid.NewGuid().ToString("N");
        await PersonAsync(tag, "Lyon", "12");
        await PersonAsync(tag, "Lyon", "3");
        await PersonAsync(tag, "Brest", "40");
        var where = new JsonObject
        {
            ["all"] = new JsonArray(
                Tagged(tag),
                new JsonObject { ["not"] = new JsonObject { ["attribute"] = "city", ["equals"] = "Brest" } },
                new JsonObject { ["attribute"] = "points", ["greaterThan"] = 10 }),
        };

        var count = await app.PostAsync(
            "/api/campaigns/audience", new JsonObject { ["audience"] = new JsonObject { ["where"] = where } });

        Assert.Equal(1, (int)count["total"]!);
    }

    [Fact]
    public async Task Contacts_are_listed_counted_and_exported_by_segment_along_with_the_other_filters()
    {
        var (tag, other) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        await PersonAsync(tag, "Lyon {1} $1", "12");
        var brest = await PersonAsync(tag, "Brest", "40", firstName: "Maëlle");
        await PersonAsync(other, "Brest", "40");
        // A number's pattern has braces and a dollar sign, which mean something to Entity Framework.
        var segment = await app.PostAsync("/api/segments", Form("Lu", new()
        {
            ["all"] = new JsonArray(
                new JsonObject { ["any"] = new JsonArray(Tagged(tag), Tagged(other)) },
                new JsonObject { ["attribute"] = "points", ["greaterThan"] = 10 },
                new JsonObject { ["not"] = new JsonObject { ["attribute"] = "city", ["equals"] = "Lyon {1} $1" } }),
        }));
        var query = $"segmentId={segment.Id()}";

        Assert.Equal(2, (int)(await app.GetAsync($"/api/contacts?{query}"))["total"]!);
        var found = await app.GetAsync($"/api/contacts?{query}&tag={tag}&search=maelle");
        Assert.Equal((1, brest.Id()), ((int)found["total"]!, found["items"]![0]!.Id()));
        var file = await app.Client.GetStringAsync($"/api/contacts/export?{query}&tag={tag}");
        Assert.Contains((string)brest["phone"]!, file, StringComparison.Ordinal);
        Assert.Equal(2, file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("/api/contacts")]
    [InlineData("/api/contacts/export")]
    public async Task A_segment_that_is_not_there_is_named_by_its_field(string path)
    {
        using var refused = await app.Client.GetAsync($"{path}?segmentId={Guid.NewGuid()}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(["segmentId"], (await refused.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject()
            .Select(error => error.Key));
    }

    [Fact]
    public async Task The_names_of_attributes_are_listed_with_how_many_have_them()
    {
        var (tag, name) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        await PersonAsync(tag, "Lyon", "1");
        foreach (var value in new[] { "a", "b" })
        {
            await app.CreateContactAsync(new() { ["attributes"] = new JsonObject { [name] = value } });
        }

        var listed = (await app.GetAsync("/api/contacts/attributes")).AsArray();

        Assert.Equal(2, (int)Assert.Single(listed, item => (string?)item!["name"] == name)!["contacts"]!);
        Assert.Contains(listed, item => (string?)item!["name"] == "city");
    }

    [Fact]
    public async Task A_launch_takes_along_what_the_segment_says_then()
    {
        var (tag, later) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var person = await PersonAsync(tag, "Lyon", "1");
        await using var orders = app.Desk.TakeOver((string)person["phone"]!);
        var segment = await app.PostAsync("/api/segments", Form("Tous", Tagged(tag)));
        var campaign = await DraftAsync(segment.Id());
        Assert.Equal(1, (int)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview"))["recipients"]!);

        var launched = await app.MoveAsync(campaign.Id(), "launch");
        using var changed = await app.Client.PutAsJsonAsync(
            $"/api/segments/{segment.Id()}", Form("Autres", Tagged(later)));

        Assert.Equal(
            (segment.Id(), tag),
            ((Guid)launched["audience"]!["segmentId"]!, (string?)launched["audience"]!["where"]!["tag"]));
        await orders.AcceptNextAsync(1);
        Assert.Equal(1, (int)(await app.CompletedAsync(campaign.Id()))["total"]!);
        var copy = await app.PostAsync($"/api/campaigns/{campaign.Id()}/duplicate");
        Assert.Null(copy["audience"]!["where"]);
        Assert.Equal(0, (int)(await app.GetAsync($"/api/campaigns/{copy.Id()}/preview"))["total"]!);
    }

    [Fact]
    public async Task A_campaign_whose_segment_is_gone_is_not_launched()
    {
        var segment = await app.PostAsync("/api/segments", Form("Tous", Tagged("a")));
        var campaign = await DraftAsync(segment.Id());
        using var deleted = await app.Client.DeleteAsync($"/api/segments/{segment.Id()}");

        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/launch", null);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("segment", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview"))["total"]!);
    }

    [Theory]
    [InlineData("""{ "where": null }""", "where")]
    [InlineData("""{ "where": {} }""", "where")]
    [InlineData("""{ "where": { "tag": "a", "session": "open" } }""", "where")]
    [InlineData("""{ "where": { "all": [] } }""", "where")]
    [InlineData("""{ "where": { "any": [{ "tag": "a" }, null] } }""", "where.any[1]")]
    [InlineData("""{ "where": { "all": [{ "tag": "a" }, { "any": [{ "tag": " " }] }] } }""", "where.all[1].any[0].tag")]
    [InlineData("""{ "where": { "attribute": "city" } }""", "where")]
    [InlineData("""{ "where": { "attribute": "city", "equals": "a", "isEmpty": true } }""", "where")]
    [InlineData("""{ "where": { "equals": "a" } }""", "where")]
    [InlineData("""{ "where": { "attribute": "age", "lessThan": "ten" } }""", "where.lessThan")]
    [InlineData("""{ "where": { "attribute": "age", "greaterThan": "2026-02-30" } }""", "where.greaterThan")]
    [InlineData("""{ "where": { "sandbox": "" } }""", "where.sandbox")]
    [InlineData("""{ "where": { "not": { "session": "ajar" } } }""", "where.not.session")]
    [InlineData("""{ "where": { "campaign": "01a2015c-9140-78ab-b884-959e21680d84" } }""", "where")]
    [InlineData(
        """{ "where": { "campaign": "01a2015c-9140-78ab-b884-959e21680d84", "result": "read" } }""", "where.campaign")]
    public async Task A_part_that_cannot_be_is_named_by_its_path(string body, string path)
    {
        var form = JsonNode.Parse(body)!;
        form["name"] = "Segment";

        using var refused = await app.Client.PostAsJsonAsync("/api/segments", form);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal([path], (await refused.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject()
            .Select(error => error.Key));
    }

    [Fact]
    public async Task A_tree_that_is_too_deep_or_too_large_is_refused()
    {
        var deep = Tagged("a");
        for (var depth = 0; depth < 8; depth++)
        {
            deep = new() { ["not"] = deep };
        }

        var large = new JsonObject { ["any"] = new JsonArray([.. Enumerable.Range(0, 100).Select(_ => Tagged("a"))]) };

        using var tooDeep = await app.Client.PostAsJsonAsync("/api/segments", Form("Profond", deep));
        using var tooLarge = await app.Client.PostAsJsonAsync("/api/segments", Form("Large", large));
        deep = deep["not"]!.DeepClone().AsObject();
        using var deepEnough = await app.Client.PostAsJsonAsync("/api/segments", Form("Assez", deep));

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.Created),
            (tooDeep.StatusCode, tooLarge.StatusCode, deepEnough.StatusCode));
    }

    private static JsonObject Tagged(string tag) => new() { ["tag"] = tag };

    private static JsonObject Form(string name, JsonObject where) => new() { ["name"] = name, ["where"] = where };

    private Task<JsonNode> PersonAsync(
        string tag, string city, string points, string? firstName = null) => app.CreateContactAsync(new()
        {
            ["firstName"] = firstName,
            ["tags"] = new JsonArray(tag),
            ["attributes"] = new JsonObject { ["city"] = city, ["points"] = points },
        });

    private Task<JsonNode> DraftAsync(Guid segment) => app.CreateCampaignAsync(
        [], new() { ["audience"] = new JsonObject { ["segmentId"] = segment } });
}
