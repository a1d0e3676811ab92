using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public partial class StatsFormatTests(CampaignsApp app)
{
    [Fact]
    public async Task Property_11_Every_answer_has_the_fields_of_the_contract()
    {
        var contact = await app.CreateContactAsync();
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", contact.Id());
        var campaign = await app.CreateCampaignAsync([contact], new()
        {
            ["message2"] = new JsonObject { ["body"] = "Merci", ["withinHours"] = 24 },
            ["quietHours"] = new JsonObject { ["from"] = "21:00", ["to"] = "08:00", ["timeZone"] = "Europe/Paris" },
        });
        var path = $"/api/campaigns/{campaign.Id()}";
        await app.MoveAsync(campaign.Id(), "launch");

        var stats = await app.GetAsync($"{path}/stats");
        AssertFields(
            stats, "campaignId status total pending queued sent delivered read failed retrying cancelled skipped "
            + "replies message2 rates ratePerSecond startedAt finishedAt estimatedFinishAt");
        AssertFields(stats["message2"]!, "total sent delivered read failed");
        AssertFields(stats["rates"]!, "delivery read reply failure");

        var messages = await app.GetAsync($"{path}/messages");
        AssertFields(messages, "items nextCursor total");
        var message = messages["items"]!.AsArray().Single()!;
        const string fields = "id contactId phone kind status attempts nextAttemptAt whatsappMessageId error queuedAt "
            + "sentAt deliveredAt readAt failedAt";
        AssertFields(message, fields);
        AssertFields(message["error"]!, "code title explanation action permanent");
        Assert.Equal(("message1", "skipped"), ((string?)message["kind"], (string?)message["status"]));

        var detail = await app.GetAsync($"/api/messages/{message.Id()}");
        AssertFields(detail, $"{fields} timeline");
        AssertFields(detail["timeline"]!.AsArray().Single()!, "at event detail");

        AssertFields(await app.GetAsync("/api/campaigns"), "items nextCursor total");
        var read = await app.GetAsync(path);
        AssertFields(read, "id name status message1 message2 audience startAt quietHours");
        AssertFields(read["message1"]!, "templateId variables");
        AssertFields(read["message2"]!, "body withinHours");
        AssertFields(read["quietHours"]!, "from to timeZone");

        AssertFields(
            await app.GetAsync($"{path}/preview"),
            "recipients excluded estimatedDurationSeconds ratePerSecond samples");
        AssertFields(await app.GetAsync("/api/stats/overview?days=7"), "totals days");
        Assert.Equal(7, (await app.GetAsync("/api/stats/overview?days=7"))["days"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("/api/campaigns/ID/messages?status=retrying&kind=message2", 200)]
    [InlineData("/api/campaigns/ID/messages?status=lost", 400)]
    [InlineData("/api/campaigns/ID/messages?limit=0", 400)]
    [InlineData("/api/campaigns/ID/messages?cursor=x", 400)]
    [InlineData("/api/campaigns/ID/messages?search=%00", 400)]
    [InlineData("/api/campaigns?status=running", 200)]
    [InlineData("/api/campaigns?status=walking", 400)]
    [InlineData("/api/campaigns?search=%00", 400)]
    [InlineData("/api/campaigns?search=50%25_%5C", 200)]
    [InlineData("/api/stats/overview?days=0", 400)]
    [InlineData("/api/stats/overview?days=367", 400)]
    [InlineData("/api/stats/overview?days=many", 400)]
    [InlineData("/api/stats/overview?timeZone=Europe/Paris", 200)]
    [InlineData("/api/stats/overview?timeZone=Mars/Olympus", 400)]
    [InlineData("/api/stats/overview?timeZone=%00", 400)]
    public async Task A_query_is_read_or_refused_with_a_remedy(string path, int status)
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);

        using var response = await app.Client.GetAsync(
            path.Replace("ID", $"{campaign.Id()}", StringComparison.Ordinal));

        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {body}");
        Assert.False(status == 400 && string.IsNullOrEmpty((string?)JsonNode.Parse(body)!["detail"]));
    }

    private static void AssertFields(JsonNode answer, string fields)
    {
        var names = answer.AsObject().Select(field => field.Key).ToHashSet();
        Assert.Empty(fields.Split(' ').Except(names));
        Assert.All(names, name => Assert.Matches(CamelCase(), name));
        foreach (var field in new[] { "status", "kind" })
        {
            if (answer[field] is { } value)
            {
                Assert.Matches(CamelCase(), (string)value!);
            }
        }
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$")]
    private static partial Regex CamelCase();
}
