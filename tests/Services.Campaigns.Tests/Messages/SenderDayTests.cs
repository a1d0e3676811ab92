using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class SenderDayTests(CampaignsApp app) : IClassFixture<SenderDayTests.SevenADay>
{
    private const int PerDay = 7;
    private const string Sender = "+33199000003";

    [Fact]
    public async Task Whatever_the_number_of_campaigns_a_sender_begins_no_more_in_a_day_than_it_may()
    {
        await NewDayAsync();
        var people = new List<JsonNode>();
        while (people.Count < 12)
        {
            people.Add(await app.CreateContactAsync());
        }

        await using var orders = app.Desk.TakeOver(people.Select(person => (string)person["phone"]!));
        var campaigns = new List<Guid>();
        foreach (var four in people.Chunk(4))
        {
            campaigns.Add((await app.CreateCampaignAsync(four, new() { ["sender"] = Sender })).Id());
            await app.MoveAsync(campaigns[^1], "launch");
        }

        await orders.AcceptNextAsync(PerDay);
        foreach (var campaign in campaigns)
        {
            await app.StatsAsync(campaign, stats => (string?)stats["status"] == "paused");
            var paused = await app.GetAsync($"/api/campaigns/{campaign}?language=fr");
            Assert.Equal("daily_cap", (string?)paused["pausedBecause"]!["code"]);
            Assert.StartsWith("En pause", (string?)paused["pausedBecause"]!["title"], StringComparison.Ordinal);
            Assert.Equal(
                OrderDesk.Now().UtcDateTime.Date.AddDays(1), ((DateTimeOffset)paused["resumesAt"]!).UtcDateTime);
        }

        // Whoever lets one go on does not make the day longer.
        await app.MoveAsync(campaigns[0], "resume");
        await app.StatsAsync(campaigns[0], stats => (string?)stats["status"] == "paused");
        Assert.Equal((PerDay, PerDay), (orders.Taken.Count, await SumAsync(campaigns, "sent")));

        await NewDayAsync();
        await orders.AcceptNextAsync(people.Count - PerDay);
        foreach (var campaign in campaigns)
        {
            await app.CompletedAsync(campaign);
        }

        Assert.Equal((12, 0), (await SumAsync(campaigns, "sent"), await SumAsync(campaigns, "failed")));
    }

    [Fact]
    public async Task What_comes_back_unsent_does_not_count_and_a_test_does()
    {
        await NewDayAsync();
        await using var campaign = await app.LaunchAsync(PerDay + 1, new() { ["sender"] = Sender });
        await campaign.Orders.ReturnAsync(await campaign.Orders.NextAsync());
        await campaign.Orders.AcceptNextAsync(1);
        await app.PostAsync(
            $"/api/campaigns/{campaign.Id}/test-send", new JsonObject { ["phone"] = campaign.Phones[0] });

        await campaign.Orders.AcceptNextAsync(PerDay - 1);
        await app.StatsAsync(campaign.Id, stats => (string?)stats["status"] == "paused");

        Assert.Equal(PerDay + 1, campaign.Orders.Taken.Count);
        Assert.Equal(PerDay - 1, (int)(await app.StatsAsync(campaign.Id))["sent"]!);
        await app.MoveAsync(campaign.Id, "cancel"); // the day belongs to others
    }

    private async Task<int> SumAsync(IEnumerable<Guid> campaigns, string counter)
    {
        var sum = 0;
        foreach (var campaign in campaigns)
        {
            sum += (int)(await app.StatsAsync(campaign))[counter]!;
        }

        return sum;
    }

    /// <summary>What was begun was begun yesterday, and its midnight has come.</summary>
    private async Task NewDayAsync()
    {
        await app.ExecuteAsync("delete from sender_days where sender = $1", Sender);
        await app.ExecuteAsync("update campaigns set resume_at = now() where sender = $1 and status = 'paused'", Sender);
    }

    /// <summary>Beside the main sender another one, each of which may begin seven messages a day.</summary>
    public sealed class SevenADay(CampaignsApp app) : IAsyncLifetime
    {
        public async ValueTask InitializeAsync() => await app.RestartAsync(new()
        {
            ["Sending:PerDay"] = $"{PerDay}",
            ["Sending:Senders:0:Number"] = Sender,
        });

        public async ValueTask DisposeAsync() => await app.RestartAsync([]);
    }
}
