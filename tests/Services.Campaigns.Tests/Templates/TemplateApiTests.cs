using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class TemplateApiTests(CampaignsApp app)
{
    private const string Templates = "/api/templates";

    [Fact]
    public async Task A_template_is_created_read_changed_listed_and_deleted()
    {
        var template = await app.CreateTemplateAsync(new() { ["variables"] = new JsonArray("2", "1") });
        var path = $"{Templates}/{template["id"]}";
        Assert.Equal(["2", "1"], (await app.GetAsync(path))["variables"]!.AsArray().Select(name => (string?)name));

        using var changed = await app.Client.PutAsJsonAsync(path, new
        {
            name = "Rappel",
            contentSid = (string)template["contentSid"]!,
            language = "en_US",
            body = "Your code is {{code}}",
        });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var now = await app.GetAsync(path);
        Assert.Equal(("Rappel", "code"), ((string?)now["name"], (string?)now["variables"]![0]));
        Assert.Contains((await app.GetAsync(Templates))["items"]!.AsArray(), item =>
            (string?)item!["id"] == (string?)template["id"]);

        using var deleted = await app.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await app.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain((await app.GetAsync(Templates))["items"]!.AsArray(), item =>
            (string?)item!["id"] == (string?)template["id"]);
    }

    [Fact]
    public async Task Variables_that_disagree_with_the_body_are_named()
    {
        using var response = await app.Client.PostAsJsonAsync(Templates, new
        {
            name = "Rappel",
            contentSid = $"HX{Guid.NewGuid():N}",
            language = "fr",
            body = "{{1}} {{2}}",
            variables = "1".Split(),
        });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Contains("{{2}}", (string)problem["errors"]!["variables"]![0]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draft", HttpStatusCode.OK, HttpStatusCode.Conflict)]
    [InlineData("scheduled", HttpStatusCode.Conflict, HttpStatusCode.Conflict)]
    [InlineData("running", HttpStatusCode.Conflict, HttpStatusCode.Conflict)]
    [InlineData("paused", HttpStatusCode.Conflict, HttpStatusCode.Conflict)]
    [InlineData("completed", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("cancelled", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    public async Task A_campaign_keeps_its_template_as_long_as_it_needs_it(
        string status, HttpStatusCode put, HttpStatusCode delete)
    {
        var template = await app.CreateTemplateAsync();
        var path = $"{Templates}/{template["id"]}";
        await app.CampaignAsync(Guid.Parse((string)template["id"]!), status, "Printemps");

        using var changed = await app.Client.PutAsJsonAsync(path, new
        {
            name = "Rappel",
            contentSid = (string)template["contentSid"]!,
            language = "fr",
            body = (string)template["body"]!,
        });
        Assert.Equal(put, changed.StatusCode);

        using var deleted = await app.Client.DeleteAsync(path);
        Assert.Equal(delete, deleted.StatusCode);
        if (delete == HttpStatusCode.Conflict)
        {
            Assert.Contains("Printemps", await deleted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
