using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class QuietContactTests(CampaignsApp app)
{
    // Hours ahead of UTC: where it is night for them, it is day in the other one and in France.
    private const int Japan = 9;
    private const int Azores = -2;

    [Fact]
    public async Task Whoever_has_night_waits_for_the_morning_while_the_others_get_theirs()
    {
        var (night, day, unknown) = (await PersonAsync("+8190"), await PersonAsync("+336"), await PersonAsync("+8816"));
        await using var orders = app.Desk.TakeOver(Phone(night), Phone(day), Phone(unknown));
        var campaign = await app.CreateCampaignAsync([night, day, unknown], new() { ["quietHours"] = NightAt(Japan) });
        var now = OrderDesk.Now();
        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");
        Assert.InRange((DateTimeOffset)preview["estimatedFinishAt"]!, now.AddHours(1.9), now.AddHours(2.1));

        await app.MoveAsync(campaign.Id(), "launch");

        // Whose country is not known live by the campaign's zone, where it is day.
        var sent = await orders.AcceptNextAsync(2);
        Assert.Equal(new[] { Phone(day), Phone(unknown) }.Order(), sent.Select(order => order.To).Order());
        await using (var other = await app.LaunchAsync(3))
        {
            // Ample time for those who have night to have their turn.
            await other.Orders.AcceptNextAsync(3);
            await app.CompletedAsync(other.Id);
        }

        var stats = await app.StatsAsync(campaign.Id());
        Assert.Equal(("running", 1, 2), ((string?)stats["status"], (int)stats["pending"]!, (int)stats["sent"]!));
        Assert.InRange((DateTimeOffset)stats["estimatedFinishAt"]!, now.AddHours(1.9), now.AddHours(2.1));
        Assert.Equal(2, orders.Taken.Count);

        await app.ExecuteAsync(
            "update campaigns set quiet_hours = quiet_hours || $2::jsonb where id = $1", campaign.Id(),
            $$"""{ "to": "{{ClockIn(Japan).AddMinutes(-1):HH:mm}}" }"""); // the morning has come
        var last = Assert.Single(await orders.AcceptNextAsync(1));
        Assert.Equal((Phone(night), 1, 0), (last.To, last.Attempt, last.RetriesUsed));
        await app.CompletedAsync(campaign.Id());
    }

    [Fact]
    public async Task A_retry_waits_for_the_morning_too_and_a_reply_is_answered_at_night()
    {
        var person = await PersonAsync("+8190");
        await using var orders = app.Desk.TakeOver(Phone(person));
        var campaign = await app.CreateCampaignAsync([person], new()
        {
            ["quietHours"] = NightAt(Azores),
            ["message2"] = new JsonObject { ["body"] = "Merci" },
        });
        await app.MoveAsync(campaign.Id(), "launch");
        await orders.DeferAsync(await orders.NextAsync(), OrderDesk.Now().AddHours(1));
        await app.StatsAsync(campaign.Id(), stats => (int)stats["retrying"]! == 1);

        await SetNightAsync(campaign.Id(), Japan);
        await app.ExecuteAsync(
            "update messages set next_attempt_at = now() where campaign_id = $1 and status = 1", campaign.Id());
        await using (var other = await app.LaunchAsync(3))
        {
            await other.Orders.AcceptNextAsync(3);
            await app.CompletedAsync(other.Id);
        }

        Assert.Single(orders.Taken);
        await SetNightAsync(campaign.Id(), Azores);
        await orders.AcceptNextAsync(1);
        await app.CompletedAsync(campaign.Id());

        await SetNightAsync(campaign.Id(), Japan);
        await app.Desk.WriteAsync(Phone(person), "Oui");
        Assert.Equal("Merci", Assert.Single(await orders.AcceptNextAsync(1)).Text);
    }

    [Fact]
    public async Task They_are_kept_with_the_campaign_and_its_copy()
    {
        var campaign = await app.CreateCampaignAsync(
            [await app.CreateContactAsync()], new() { ["quietHours"] = NightAt(Japan) });

        var copy = await app.PostAsync($"/api/campaigns/{campaign.Id()}/duplicate");

        Assert.True((bool)campaign["quietHours"]!["perContact"]!);
        Assert.True((bool)copy["quietHours"]!["perContact"]!);
    }

    [Theory]
    [InlineData("+33612345678", "33")]
    [InlineData("+393471234567", "39")]
    [InlineData("+12025550100", "1")]
    [InlineData("+16715550100", "1671")]
    [InlineData("+79161234567", "7")]
    [InlineData("+77012345678", "77")]
    [InlineData("+2250712345678", "225")]
    [InlineData("+881612345678", "")]
    public async Task A_number_tells_its_region(string phone, string region)
    {
        var values = new SqlParameters();
        await using var command = app.Database.CreateCommand($"select {Region.Sql(values.Add(phone), values)}");
        foreach (var value in values.ToArray())
        {
            command.Parameters.Add(new() { Value = value });
        }

        Assert.Equal(region, await command.ExecuteScalarAsync());
    }

    private Task<JsonNode> PersonAsync(string prefix) =>
        app.CreateContactAsync(new() { ["phone"] = $"{prefix}{Random.Shared.Next(100_000_000):D8}" });

    private static string Phone(JsonNode person) => (string)person["phone"]!;

    /// <summary>Each person's own; by a clock so many hours ahead of UTC for an hour already, and for two more.</summary>
    private static JsonObject NightAt(int offset) => new()
    {
        ["from"] = $"{ClockIn(offset).AddHours(-1):HH:mm:ss}",
        ["to"] = $"{ClockIn(offset).AddHours(2):HH:mm:ss}",
        ["timeZone"] = "Europe/Paris",
        ["perContact"] = true,
    };

    private static TimeOnly ClockIn(int offset) =>
        TimeOnly.FromTimeSpan(OrderDesk.Now().UtcDateTime.TimeOfDay).AddHours(offset);

    private Task SetNightAsync(Guid campaign, int offset) => app.ExecuteAsync(
        "update campaigns set quiet_hours = $2::jsonb where id = $1", campaign, NightAt(offset).ToJsonString());
}
