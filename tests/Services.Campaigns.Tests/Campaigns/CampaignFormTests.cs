using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class CampaignFormTests(CampaignsApp app)
{
    [Theory]
    [InlineData("""{ "name": null }""", "name", "missing")]
    [InlineData("""{ "name": " " }""", "name", "missing")]
    [InlineData("""{ "name": "a\u0000b" }""", "name", "control character")]
    [InlineData("""{ "name": 7 }""", "name", "wrong type")]
    [InlineData("""{ "nmae": "Printemps" }""", "nmae", "no field")]
    [InlineData("""{ "message1": null }""", "message1.templateId", "missing")]
    [InlineData("""{ "message1": { "templateId": "HX1" } }""", "message1.templateId", "wrong type")]
    [InlineData("""{ "message1": { "templateId": "UNKNOWN" } }""", "message1.templateId", "no template")]
    [InlineData("""{ "message1": { "templateId": "TEMPLATE" } }""", "message1.variables.1", "not filled")]
    [InlineData(
        """{ "message1": { "templateId": "TEMPLATE", "variables": { "1": "x", "2": " " } } }""",
        "message1.variables.2", "not filled")]
    [InlineData(
        """{ "message1": { "templateId": "TEMPLATE", "variables": { "1": "x", "2": null } } }""",
        "message1.variables.2", "not filled")]
    [InlineData(
        """{ "message1": { "templateId": "TEMPLATE", "variables": { "1": "x", "2": "y", "3": "z" } } }""",
        "message1.variables.3", "no variable 3")]
    [InlineData(
        """{ "message1": { "templateId": "TEMPLATE", "variables": { "1": "{{firstName", "2": "y" } } }""",
        "message1.variables.1", "two braces")]
    [InlineData(
        """{ "message1": { "templateId": "TEMPLATE", "variables": { "1": 3, "2": "y" } } }""",
        "message1.variables.1", "wrong type")]
    [InlineData("""{ "message2": { "body": "" } }""", "message2.body", "missing")]
    [InlineData("""{ "message2": { "body": "Merci\u0000" } }""", "message2.body", "control character")]
    [InlineData("""{ "message2": { "body": "Merci {{firstName}" } }""", "message2.body", "two braces")]
    [InlineData("""{ "message2": { "body": "Merci", "withinHours": 0 } }""", "message2.withinHours", "1 to 720")]
    [InlineData("""{ "message2": { "body": "Merci", "withinHours": 721 } }""", "message2.withinHours", "1 to 720")]
    [InlineData("""{ "message2": { "body": "Merci", "withinHours": 1e99 } }""", "message2.withinHours", "range")]
    [InlineData("""{ "message2": { "body": "Merci", "withinHours": 1.5 } }""", "message2.withinHours", "wrong type")]
    [InlineData("""{ "message2": { "body": "Merci", "withinHours": "24" } }""", "message2.withinHours", "wrong type")]
    [InlineData("""{ "audience": null }""", "audience", "one of")]
    [InlineData("""{ "audience": {} }""", "audience", "one of")]
    [InlineData("""{ "audience": { "all": false } }""", "audience", "one of")]
    [InlineData("""{ "audience": { "all": true, "tags": ["vip"] } }""", "audience", "one of")]
    [InlineData("""{ "audience": { "everybody": true } }""", "audience.everybody", "no field")]
    [InlineData("""{ "audience": { "tags": [] } }""", "audience.tags", "at least one")]
    [InlineData("""{ "audience": { "tags": [""] } }""", "audience.tags", "empty")]
    [InlineData("""{ "audience": { "tags": [null] } }""", "audience.tags", "empty")]
    [InlineData("""{ "audience": { "tags": ["a\u0000b"] } }""", "audience.tags", "control character")]
    [InlineData("""{ "audience": { "contactIds": [] } }""", "audience.contactIds", "1 to")]
    [InlineData("""{ "audience": { "contactIds": ["UNKNOWN"] } }""", "audience.contactIds", "no contact")]
    [InlineData("""{ "audience": { "contactIds": ["Zoé"] } }""", "audience.contactIds[0]", "wrong type")]
    [InlineData("""{ "startAt": "tomorrow" }""", "startAt", "wrong type")]
    [InlineData(
        """{ "quietHours": { "from": "21:00", "to": "08:00", "timeZone": "Mars/Olympus" } }""",
        "quietHours.timeZone", "IANA")]
    [InlineData("""{ "quietHours": { "from": "21:00", "to": "08:00" } }""", "quietHours.timeZone", "IANA")]
    [InlineData("""{ "quietHours": { "from": "21:00", "timeZone": "Europe/Paris" } }""", "quietHours.to", "missing")]
    [InlineData("""{ "quietHours": { "to": "08:00", "timeZone": "Europe/Paris" } }""", "quietHours.from", "missing")]
    [InlineData(
        """{ "quietHours": { "from": "21:00", "to": "21:00", "timeZone": "Europe/Paris" } }""",
        "quietHours.to", "differs")]
    [InlineData(
        """{ "quietHours": { "from": "20:00", "to": "09:01", "timeZone": "Europe/Paris", "perContact": true } }""",
        "quietHours.to", "at most 13")]
    [InlineData(
        """{ "quietHours": { "from": "25:00", "to": "08:00", "timeZone": "Europe/Paris" } }""",
        "quietHours.from", "wrong type")]
    public async Task A_field_that_cannot_be_is_named_with_a_remedy(string fields, string field, string remedy)
    {
        var draft = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        var form = Form(draft, fields);

        foreach (var answer in new[]
        {
            app.Client.PostAsync("/api/campaigns", Json(form)),
            app.Client.PutAsync($"/api/campaigns/{draft.Id()}", Json(form)),
        })
        {
            using var response = await answer;
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode} {text}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var errors = JsonNode.Parse(text)!["errors"]!.AsObject();
            Assert.True(errors.ContainsKey(field), text);
            Assert.Contains(remedy, (string)errors[field]![0]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_answer_names_everything_that_is_missing()
    {
        var draft = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        var form = Form(draft, """{ "name": "", "message1": { "templateId": "TEMPLATE" }, "audience": {} }""");

        using var response = await app.Client.PostAsync("/api/campaigns", Json(form));

        var errors = (await response.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject();
        Assert.Equal(
            ["audience", "message1.variables.1", "message1.variables.2", "name"],
            errors.Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_entered_is_read_again_and_replaced_by_a_change()
    {
        var contact = await app.CreateContactAsync();
        var draft = await app.CreateCampaignAsync([contact], new()
        {
            ["startAt"] = "2030-03-01T10:00:00+02:00",
            ["quietHours"] = new JsonObject { ["from"] = "21:00", ["to"] = "08:00:00", ["timeZone"] = "Europe/Paris" },
            ["message2"] = new JsonObject { ["body"] = "Merci,\n{{firstName}} !" },
        });
        var path = $"/api/campaigns/{draft.Id()}";

        var read = await app.GetAsync(path);
        Assert.Equal("draft", (string?)read["status"]);
        Assert.Equal(new(2030, 3, 1, 8, 0, 0, TimeSpan.Zero), (DateTimeOffset)read["startAt"]!);
        Assert.Equal("21:00:00", (string?)read["quietHours"]!["from"]);
        Assert.Equal(24, (int)read["message2"]!["withinHours"]!);
        Assert.Equal("{{phone}}", (string?)read["message1"]!["variables"]!["1"]);
        Assert.Equal(contact.Id(), (Guid)read["audience"]!["contactIds"]![0]!);

        var form = Form(draft, """{ "name": "Été", "audience": { "tags": ["vip"] } }""");
        using var changed = await app.Client.PutAsync(path, Json(form));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        read = await app.GetAsync(path);
        Assert.Equal("Été", (string?)read["name"]);
        Assert.Equal("vip", (string?)read["audience"]!["tags"]![0]);
        Assert.Null(read["audience"]!["contactIds"]);
        Assert.Null(read["message2"]);
        Assert.Null(read["startAt"]);
        Assert.Null(read["quietHours"]);
    }

    /// <summary>What would be valid, with <paramref name="fields"/> in place.</summary>
    private static string Form(JsonNode draft, string fields)
    {
        var form = new JsonObject
        {
            ["name"] = "Printemps",
            ["message1"] = draft["message1"]!.DeepClone(),
            ["audience"] = new JsonObject { ["contactIds"] = draft["audience"]!["contactIds"]!.DeepClone() },
        };
        foreach (var (name, value) in JsonNode.Parse(fields
            .Replace("TEMPLATE", (string)draft["message1"]!["templateId"]!, StringComparison.Ordinal)
            .Replace("UNKNOWN", $"{Guid.NewGuid()}", StringComparison.Ordinal))!.AsObject())
        {
            form[name] = value?.DeepClone();
        }

        return form.ToJsonString();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
