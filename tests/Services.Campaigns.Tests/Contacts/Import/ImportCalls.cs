using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Services.Campaigns.Tests;

/// <summary>An import from the file to its end.</summary>
internal static class ImportCalls
{
    public static ByteArrayContent Csv(byte[] file) =>
        new(file) { Headers = { ContentType = new("text/csv") } };

    public static Task<JsonNode> ImportAsync(this CampaignsApp app, string file, string query = "") =>
        app.ImportAsync(Encoding.UTF8.GetBytes(file), query);

    public static async Task<JsonNode> ImportAsync(this CampaignsApp app, byte[] file, string query = "")
    {
        using var content = Csv(file);
        return await app.DoneAsync(await app.Client.PostAsync($"/api/contacts/import?country=FR{query}", content));
    }

    public static async Task<JsonNode> DoneAsync(this CampaignsApp app, HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(
                response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
            return await app.DoneAsync((Guid)(await response.Content.ReadFromJsonAsync<JsonObject>())!["importId"]!);
        }
    }

    public static Task<JsonNode> DoneAsync(this CampaignsApp app, Guid import) => Eventually.ReturnsAsync(
        () => app.GetAsync($"/api/contacts/imports/{import}"),
        answer => (string?)answer["state"] is "completed" or "failed");

    /// <summary>What has been noted about it, in the order in which it was.</summary>
    public static async Task<IEnumerable<string?>> ActivityOfAsync(this CampaignsApp app, Guid subject) =>
        (await app.GetAsync($"/api/activity?subjectId={subject}"))["items"]!.AsArray()
            .Select(entry => (string?)entry!["action"]).Reverse();

    public static async Task<JsonNode> FindAsync(this CampaignsApp app, string phone) =>
        Assert.Single((await app.GetAsync($"/api/contacts?search={phone[1..]}"))["items"]!.AsArray())!;
}
