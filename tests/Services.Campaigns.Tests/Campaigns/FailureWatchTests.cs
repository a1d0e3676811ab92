using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class FailureWatchTests(CampaignsApp app)
{
    [Fact]
    public async Task A_campaign_pauses_when_more_fails_than_it_allows_and_a_resume_begins_the_count_anew()
    {
        var (few, within, over) = (await RunAsync(38, 11), await RunAsync(40, 10), await RunAsync(40, 11));

        var paused = await PausedAsync(over);
        Assert.Equal(
            ("too_many_failures", "Paused: too many messages failed"),
            ((string?)paused["pausedBecause"]!["code"], (string?)paused["pausedBecause"]!["title"]));
        Assert.Equal(
            ("running", "running"),
            ((string?)(await ReadAsync(few))["status"], (string?)(await ReadAsync(within))["status"]));
        var noted = (await app.GetAsync($"/api/activity?subjectId={over}"))["items"]![0]!;
        Assert.Equal(
            ("campaign.pausedItself", null, "11", "51"),
            ((string?)noted["action"], (string?)noted["userName"], (string?)noted["details"]!["failures"],
                (string?)noted["details"]!["outcomes"]));

        Assert.Equal("running", (string?)(await app.MoveAsync(over, "resume"))["status"]);
        await CountAsync(within, sent: 0, failed: 1);
        await PausedAsync(within); // so it has been looked at since
        Assert.Equal("running", (string?)(await ReadAsync(over))["status"]);
        Assert.Null((await ReadAsync(over))["pausedBecause"]);

        await CountAsync(over, sent: 39, failed: 11);
        await PausedAsync(over);
        await ForgetAsync(few, within, over);
    }

    [Fact]
    public async Task What_is_tried_again_begins_the_count_anew_too()
    {
        var campaign = await RunAsync(40, 11);
        await PausedAsync(campaign);
        await app.MoveAsync(campaign, "resume");
        await CountAsync(campaign, sent: 0, failed: -11);
        var other = await RunAsync(0, 50);
        await PausedAsync(other);

        await CountAsync(campaign, sent: 39, failed: 11);

        await PausedAsync(campaign);
        await ForgetAsync(campaign, other);
    }

    [Fact]
    public async Task A_campaign_of_which_nothing_waits_is_not_held_up()
    {
        var (done, other) = (await RunAsync(0, 60, waiting: 0, outstanding: 1), await RunAsync(0, 60));

        await PausedAsync(other);

        Assert.Equal("running", (string?)(await ReadAsync(done))["status"]);
        await ForgetAsync(done, other);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    public async Task A_share_that_cannot_be_one_is_refused(double share)
    {
        using var refused = await app.Client.PostAsJsonAsync(
            "/api/campaigns", new JsonObject { ["pauseAtFailureShare"] = share });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True((await refused.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject()
            .ContainsKey("pauseAtFailureShare"));
    }

    [Fact]
    public async Task The_share_is_the_campaigns_own()
    {
        var contact = await app.CreateContactAsync();
        var (usual, own) = (
            await app.CreateCampaignAsync([contact]),
            await app.CreateCampaignAsync([contact], new() { ["pauseAtFailureShare"] = 0.05 }));

        Assert.Equal((0.2, 0.05), ((double)usual["pauseAtFailureShare"]!, (double)own["pauseAtFailureShare"]!));
        Assert.Equal(
            0.05, (double)(await app.PostAsync($"/api/campaigns/{own.Id()}/duplicate"))["pauseAtFailureShare"]!);
    }

    [Fact]
    public async Task A_start_that_was_missed_by_more_than_an_hour_asks_before_it_sends()
    {
        var (missed, late) = (await RunAsync(0, 0), await RunAsync(0, 0));
        await app.ExecuteAsync("""
            update campaigns set status = 'scheduled', started_at = null,
                start_at = now() - case id when $1 then interval '61 minutes' else interval '59 minutes' end
            where id in ($1, $2)
            """, missed, late);

        Assert.Equal("missed_start", (string?)(await PausedAsync(missed))["pausedBecause"]!["code"]);
        await Eventually.ReturnsAsync(() => ReadAsync(late), campaign => (string?)campaign["status"] == "running");
        Assert.Equal("running", (string?)(await app.MoveAsync(missed, "resume"))["status"]);
        await ForgetAsync(missed, late);
    }

    /// <summary>A running campaign, as far as its counters go.</summary>
    private async Task<Guid> RunAsync(int sent, int failed, int waiting = 10, int outstanding = 0)
    {
        var id = await app.CampaignAsync((await app.CreateTemplateAsync()).Id(), "paused");
        await app.ExecuteAsync(
            "insert into campaign_counters values ($1, 1, 6, $2), ($1, 1, 5, $3), ($1, 1, 0, $4), ($1, 1, 3, $5)", id,
            (long)sent, (long)failed, (long)waiting, (long)outstanding);
        await app.ExecuteAsync("update campaigns set status = 'running' where id = $1", id);
        return id;
    }

    private Task CountAsync(Guid campaign, int sent, int failed) => app.ExecuteAsync("""
        update campaign_counters set n = n + case status when 6 then $2 else $3 end
        where campaign_id = $1 and status in (5, 6)
        """, campaign, (long)sent, (long)failed);

    private Task<JsonNode> ReadAsync(Guid campaign) => app.GetAsync($"/api/campaigns/{campaign}");

    private Task<JsonNode> PausedAsync(Guid campaign) =>
        Eventually.ReturnsAsync(() => ReadAsync(campaign), found => (string?)found["status"] == "paused");

    private async Task ForgetAsync(params Guid[] campaigns)
    {
        await app.ExecuteAsync("delete from campaigns where id = any($1)", campaigns);
    }
}
