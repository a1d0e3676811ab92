using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>Which day of the overview something belongs to.</summary>
[Collection(CampaignsApp.Name)]
public class OverviewDaysTests(CampaignsApp app)
{
    private static readonly TimeZoneInfo[] Zones =
    [
        TimeZoneInfo.Utc, .. new[]
        {
            "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "America/Havana", // at midnight
            "Asia/Beirut", "Africa/Cairo", "America/Santiago", "Atlantic/Azores",
        }.Select(TimeZoneInfo.FindSystemTimeZoneById),
    ];

    // All days of a year, since what is awkward happens on two of them.
    [Fact]
    public void A_day_begins_when_the_clocks_of_the_zone_first_show_it() => Assert.All(Zones, zone =>
    {
        for (var day = new DateOnly(2026, 1, 1); day.Year == 2026; day = day.AddDays(1))
        {
            var start = GetOverview.StartOf(day, zone);
            Assert.All([-61, -1], minutes => Assert.Equal(day.AddDays(-1), Shown(start.AddMinutes(minutes))));
            Assert.All([0, 1, 61], minutes => Assert.Equal(day, Shown(start.AddMinutes(minutes))));
        }

        DateOnly Shown(DateTime instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(instant, zone));
    });

    [Fact]
    public async Task What_leaves_at_half_past_midnight_in_Auckland_is_of_that_day_there_and_of_the_day_before_in_UTC()
    {
        await using var campaign = await app.LaunchAsync(1);
        await app.StatsAsync(campaign.Id, stats => (int)stats["queued"]! == 1);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");
        var day = (await DaysAsync("Pacific/Auckland")).Keys.Max().AddDays(-3); // no other test's
        var sentAt = GetOverview.StartOf(day, zone).AddMinutes(30);
        var (there, utc) = (await SentAsync("Pacific/Auckland", day), await SentAsync("UTC", day.AddDays(-1)));

        await app.ExecuteAsync(
            "update messages set status = 4, sent_at = $2 where campaign_id = $1", campaign.Id, sentAt);

        Assert.Equal(there + 1, await SentAsync("Pacific/Auckland", day));
        Assert.Equal(utc + 1, await SentAsync("UTC", day.AddDays(-1)));
    }

    private async Task<long> SentAsync(string zone, DateOnly day) => (await DaysAsync(zone))[day];

    private async Task<Dictionary<DateOnly, long>> DaysAsync(string zone) =>
        (await app.GetAsync($"/api/stats/overview?days=7&timeZone={Uri.EscapeDataString(zone)}"))["days"]!.AsArray()
        .OfType<JsonNode>().ToDictionary(
            day => DateOnly.Parse((string)day["date"]!, System.Globalization.CultureInfo.InvariantCulture),
            day => (long)day["sent"]!);
}
