using System.Net;
using System.Text.Json.Nodes;
using Contracts;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class FailureTests(CampaignsApp app)
{
    [Fact]
    public async Task Failures_are_grouped_by_cause_in_plain_words_and_retried_by_cause()
    {
        await using var campaign = await app.LaunchAsync(4);
        foreach (var code in new[] { "63016", "63016", "63024" })
        {
            await campaign.Orders.RejectAsync(await campaign.Orders.NextAsync(), code);
        }

        await campaign.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(campaign.Id);

        var failures = (await app.GetAsync($"/api/campaigns/{campaign.Id}/failures?language=fr")).AsArray();
        Assert.Equal(
            [("63016", 2), ("63024", 1)],
            failures.Select(failure => ((string)failure!["code"]!, (int)failure["count"]!)));
        var french = (string)failures[0]!["explanation"]!;
        var english = (string)(await app.GetAsync($"/api/campaigns/{campaign.Id}/failures"))[0]!["explanation"]!;
        Assert.NotEqual(french, english);
        var all = (await app.GetAsync("/api/stats/failures?days=1")).AsArray();
        var cause = all.Single(failure => (string?)failure!["code"] == "63016")!;
        Assert.True((int)cause["count"]! >= 2);
        Assert.InRange(cause["campaigns"]!.AsArray().Count, 1, Math.Min(3, (int)cause["campaignCount"]!));
        Assert.All(cause["campaigns"]!.AsArray(), hit => Assert.InRange((int)hit!["count"]!, 1, (int)cause["count"]!));

        var people = await app.MessagesAsync(campaign.Id, "status=failed,skipped&code=63016");
        Assert.Equal(2, people.Count);
        Assert.All(
            people, message => Assert.StartsWith("Zoé", (string?)message!["firstName"], StringComparison.Ordinal));
        Assert.Equal(3, (await app.MessagesAsync(campaign.Id, "status=failed")).Count);
        Assert.Empty(await app.MessagesAsync(campaign.Id, "replied=true"));

        var retried = await app.PostAsync($"/api/campaigns/{campaign.Id}/retry-failed?code=63024");
        Assert.Equal(1, (int)retried["retried"]!);
        await campaign.Orders.AcceptNextAsync(1);
        await app.StatsAsync(campaign.Id, stats => (int)stats["failed"]! == 2 && (int)stats["sent"]! == 2);
    }

    [Fact]
    public async Task A_sender_that_has_used_up_its_day_waits_for_the_next_one_and_nobody_fails()
    {
        await using var campaign = await app.LaunchAsync(3);
        var midnight = OrderDesk.Now().AddHours(9);
        await campaign.Orders.ReturnAsync(await campaign.Orders.NextAsync(), midnight, "63038");

        await app.StatsAsync(campaign.Id, stats => (string?)stats["status"] == "paused");
        var paused = await app.GetAsync($"/api/campaigns/{campaign.Id}?language=fr");
        Assert.Equal("63038", (string?)paused["statusReason"]);
        Assert.Equal("La limite quotidienne du compte est atteinte", (string?)paused["pausedBecause"]!["title"]);
        Assert.Equal(midnight, (DateTimeOffset)paused["resumesAt"]!, TimeSpan.FromMilliseconds(1));

        await app.ExecuteAsync(
            "update messages set next_attempt_at = now() where campaign_id = $1 and status = 1", campaign.Id);
        await app.ExecuteAsync("update campaigns set resume_at = now() where id = $1", campaign.Id);
        await campaign.Orders.AcceptNextAsync(3);
        var done = await app.CompletedAsync(campaign.Id);
        Assert.Equal((3, 0), ((int)done["sent"]!, (int)done["failed"]!));
        Assert.Equal(
            ["campaign.resumedItself", "campaign.pausedItself"],
            (await app.GetAsync($"/api/activity?subjectId={campaign.Id}"))["items"]!.AsArray()
                .Select(entry => (string)entry!["action"]!).Where(action => action.EndsWith("Itself", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whoever_wants_it_to_stay_paused_pauses_it_once_more()
    {
        await using var campaign = await app.LaunchAsync(2);
        await campaign.Orders.ReturnAsync(await campaign.Orders.NextAsync(), OrderDesk.Now().AddHours(9), "63038");
        await app.StatsAsync(campaign.Id, stats => (string?)stats["status"] == "paused");

        var kept = await app.MoveAsync(campaign.Id, "pause");

        Assert.Equal(("paused", null, null), (
            (string?)kept["status"], (string?)kept["resumesAt"], (string?)kept["statusReason"]));
        using var again = await app.Client.PostAsync($"/api/campaigns/{campaign.Id}/pause", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        await app.ExecuteAsync("update messages set next_attempt_at = now() where campaign_id = $1", campaign.Id);
        await using (var other = await app.LaunchAsync(2))
        {
            await other.Orders.AcceptNextAsync(2); // ample time for one that goes on by itself
            await app.CompletedAsync(other.Id);
        }

        Assert.Single(campaign.Orders.Taken);
        await app.MoveAsync(campaign.Id, "resume");
        await campaign.Orders.AcceptNextAsync(2);
        await app.CompletedAsync(campaign.Id);
    }

    [Fact]
    public async Task A_sender_that_only_catches_its_breath_pauses_no_campaign()
    {
        await using var campaign = await app.LaunchAsync(1);
        await campaign.Orders.ReturnAsync(await campaign.Orders.NextAsync(), OrderDesk.Now().AddSeconds(1), "20429");

        await campaign.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(campaign.Id);

        Assert.DoesNotContain(
            (await app.GetAsync($"/api/activity?subjectId={campaign.Id}"))["items"]!.AsArray(),
            entry => (string?)entry!["action"] == "campaign.pausedItself");
    }

    [Fact]
    public async Task A_code_is_explained_as_the_provider_means_it_who_gave_it()
    {
        (string Provider, string Code)[] causes = [("gupshup", "1002"), ("gupshup", "131049"), ("meta", "131026")];
        await using var campaign = await app.LaunchAsync(causes.Length);
        foreach (var (provider, code) in causes)
        {
            await campaign.Orders.RejectAsync(await campaign.Orders.NextAsync(), code, provider);
        }

        await app.CompletedAsync(campaign.Id);

        var expected = causes.Select(cause =>
            (cause.Provider, cause.Code, ProviderErrors.Find(cause.Provider, cause.Code).English.Title)).Order();
        Assert.DoesNotContain(
            expected, cause => cause.Title == ProviderErrors.Find("twilio", cause.Code).English.Title);
        var failures = (await app.GetAsync($"/api/campaigns/{campaign.Id}/failures")).AsArray();
        Assert.Equal(expected, failures.Select(cause => Read(cause!, cause!)).Order());
        var messages = await app.MessagesAsync(campaign.Id);
        Assert.Equal(expected, messages.Select(message => Read(message!, message!["error"]!)).Order());
        var all = (await app.GetAsync("/api/stats/failures?days=1")).AsArray();
        Assert.Superset(expected.ToHashSet(), all.Select(cause => Read(cause!, cause!)).ToHashSet());
        var export = await app.Client.GetStringAsync($"/api/campaigns/{campaign.Id}/export");
        Assert.All(expected, cause => Assert.Contains(cause.Title, export, StringComparison.Ordinal));

        static (string, string, string) Read(JsonNode one, JsonNode error) =>
            ((string)one["provider"]!, (string)error["code"]!, (string)error["title"]!);
    }

    [Theory]
    [InlineData("/failures?status=sent")]
    [InlineData("/messages?status=sent,wrong")]
    public async Task A_wrong_state_is_refused(string query)
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);

        using var refused = await app.Client.GetAsync($"/api/campaigns/{campaign.Id()}{query}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_list_of_campaigns_comes_with_their_numbers_and_with_the_counts_by_state()
    {
        var before = await app.GetAsync("/api/campaigns/counts");
        await using var campaign = await app.LaunchAsync(2);
        await campaign.Orders.AcceptNextAsync(2);
        await app.CompletedAsync(campaign.Id);

        var items = (await app.GetAsync("/api/campaigns?include=stats&limit=1"))["items"]!;

        Assert.Equal((campaign.Id, 2, 2), (
            items[0]!.Id(), (int)items[0]!["stats"]!["total"]!, (int)items[0]!["stats"]!["sent"]!));
        Assert.Null((await app.GetAsync("/api/campaigns?limit=1"))["items"]![0]!["stats"]);
        var after = await app.GetAsync("/api/campaigns/counts");
        Assert.Equal((int)before["all"]! + 1, (int)after["all"]!);
        Assert.Equal(
            (int)after["all"]!, after.AsObject().Where(count => count.Key != "all").Sum(count => (int)count.Value!));
        Assert.True((int)after["completed"]! >= 1);
        var name = $"Été {Guid.NewGuid():n}";
        await app.CreateCampaignAsync([await app.CreateContactAsync()], new() { ["name"] = name });
        var found = await app.GetAsync($"/api/campaigns/counts?search={Uri.EscapeDataString(name.ToUpperInvariant())}");
        Assert.Equal((1, 1), ((int)found["all"]!, (int)found["draft"]!));
    }

    [Fact]
    public async Task A_duplicate_is_a_draft_with_the_same_content()
    {
        await using var campaign = await app.LaunchAsync(1, new()
        {
            ["name"] = new string('x', 200),
            ["message2"] = new JsonObject { ["body"] = "Merci" },
        });
        await campaign.Orders.AcceptNextAsync(1);
        var original = await app.GetAsync($"/api/campaigns/{campaign.Id}");

        var copy = await app.PostAsync($"/api/campaigns/{campaign.Id}/duplicate?language=fr");

        Assert.Equal(("draft", new string('x', 192) + " (copie)"), ((string?)copy["status"], (string?)copy["name"]));
        foreach (var field in new[] { "message1", "message2", "audience", "quietHours" })
        {
            Assert.True(JsonNode.DeepEquals(original[field], copy[field]), field);
        }
    }
}
