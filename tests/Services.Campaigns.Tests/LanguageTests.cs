using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>What is wrong is said in the caller's language.</summary>
[Collection(CampaignsApp.Name)]
public sealed class LanguageTests(CampaignsApp app)
{
    [Theory]
    [InlineData("fr-CA, en;q=0.5", "Ce champ est obligatoire.")]
    [InlineData("en", "name is missing.")]
    [InlineData("de", "name is missing.")]
    public async Task A_complaint_about_a_field(string languages, string expected)
    {
        var problem = await AskAsync("/api/campaigns", new { name = "" }, languages, HttpStatusCode.BadRequest);
        Assert.Equal(expected, (string?)problem["errors"]!["name"]![0]);
        Assert.Contains(expected, (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "Cet élément n’existe pas ou plus.")]
    [InlineData("en", "There is no campaign with the id 00000000-0000-0000-0000-000000000001.")]
    public async Task An_id_that_names_nothing(string language, string expected) => Assert.Equal(
        expected,
        (string?)(await AskAsync(
            "/api/campaigns/00000000-0000-0000-0000-000000000001/launch", new { }, language,
            HttpStatusCode.NotFound))["detail"]);

    private async Task<JsonObject> AskAsync(string path, object body, string languages, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Accept-Language", languages);
        using var answer = await app.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
