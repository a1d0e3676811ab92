using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class CampaignTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // What people can do; that a campaign starts at its time and completes by itself is tested over HTTP.
    private static readonly (CampaignStatus From, CampaignStatus To)[] Arrows =
    [
        (CampaignStatus.Draft, CampaignStatus.Scheduled), (CampaignStatus.Draft, CampaignStatus.Running),
        (CampaignStatus.Running, CampaignStatus.Paused), (CampaignStatus.Paused, CampaignStatus.Running),
        (CampaignStatus.Draft, CampaignStatus.Cancelled), (CampaignStatus.Scheduled, CampaignStatus.Cancelled),
        (CampaignStatus.Running, CampaignStatus.Cancelled), (CampaignStatus.Paused, CampaignStatus.Cancelled),
    ];

    [Fact]
    public void Any_moves_keep_to_the_arrows_and_those_that_are_refused_change_nothing() =>
        Prop.ForAll(Arb.From(Moves.ArrayOf()), Arb.From(Gen.Elements<int?>(null, -1, 0, 1)), (moves, startsIn) =>
        {
            var campaign = Draft(Now, startsIn is { } hours ? Now.AddHours(hours) : null);
            return moves.Select((move, index) => (move, At: Now.AddSeconds(index))).All(step =>
            {
                var (before, updatedAt) = (campaign.Status, campaign.UpdatedAt);
                return Move(campaign, step.move, step.At)
                    ? Arrows.Contains((before, campaign.Status)) && campaign.UpdatedAt == step.At
                    : campaign.Status == before && campaign.UpdatedAt == updatedAt;
            });
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("launch", "Running")]
    [InlineData("launch pause", "Paused")]
    [InlineData("launch pause resume", "Running")]
    [InlineData("launch pause cancel", "Cancelled")]
    [InlineData("cancel", "Cancelled")]
    public void Every_arrow_can_be_gone(string moves, string end)
    {
        var campaign = Draft(Now);

        Assert.All(moves.Split(' '), move => Assert.True(Move(campaign, move, Now)));
        Assert.Equal(end, campaign.Status.ToString());
        Assert.Equal(moves.StartsWith("launch", StringComparison.Ordinal) ? Now : null, campaign.StartedAt);
        Assert.Equal(end == "Cancelled" ? Now : null, campaign.FinishedAt);
    }

    [Fact]
    public void A_launch_before_its_time_waits_for_it_and_one_at_or_after_it_runs()
    {
        Assert.Equal(CampaignStatus.Scheduled, LaunchedAt(Now.AddSeconds(-1)));
        Assert.Equal(CampaignStatus.Running, LaunchedAt(Now));
        Assert.Equal(CampaignStatus.Running, LaunchedAt(Now.AddDays(1)));

        static CampaignStatus LaunchedAt(DateTimeOffset now)
        {
            var campaign = Draft(Now.AddDays(-1), Now);
            Assert.True(Move(campaign, "launch", now));
            return campaign.Status;
        }
    }

    [Fact]
    public void Only_a_draft_can_be_changed()
    {
        var campaign = Draft(Now);
        Assert.True(campaign.TryChange(Details(null) with { Name = "Été" }, Now));
        Assert.True(Move(campaign, "launch", Now));
        Assert.False(campaign.TryChange(Details(null) with { Name = "Automne" }, Now));
        Assert.Equal("Été", campaign.Name);
    }

    [Theory]
    [InlineData("2026-01-15T20:00:00Z", true)] // 21:00 in Paris
    [InlineData("2026-01-15T19:59:59Z", false)]
    [InlineData("2026-01-15T23:30:00Z", true)] // after midnight
    [InlineData("2026-01-16T06:59:59Z", true)]
    [InlineData("2026-01-16T07:00:00Z", false)]
    [InlineData("2026-07-15T19:00:00Z", true)] // in summer the same evening begins an hour earlier
    [InlineData("2026-07-15T18:59:59Z", false)]
    [InlineData("2026-07-16T06:00:00Z", false)]
    public void Quiet_hours_over_midnight_follow_the_local_clock(string instant, bool quiet) => Assert.Equal(
        quiet, new QuietHours(new(21, 0), new(8, 0), "Europe/Paris").Contains(At(instant)));

    [Theory]
    [InlineData("2026-03-29T00:59:59Z", false)] // at 02:00 it becomes 03:00: there is no such hour that night
    [InlineData("2026-03-29T01:00:00Z", false)]
    [InlineData("2026-10-25T00:00:00Z", true)] // at 03:00 it becomes 02:00: the hour comes twice
    [InlineData("2026-10-25T01:59:59Z", true)]
    [InlineData("2026-10-25T02:00:00Z", false)]
    public void Quiet_hours_follow_the_local_clock_where_it_jumps(string instant, bool quiet) => Assert.Equal(
        quiet, new QuietHours(new(2, 0), new(3, 0), "Europe/Paris").Contains(At(instant)));

    [Theory]
    [InlineData("2026-01-10T10:00:00Z", 60, "2026-01-10T11:00:00Z")] // over before the night
    [InlineData("2026-01-10T19:00:00Z", 90, "2026-01-11T07:30:00Z")] // 21:00 in Paris is 20:00 UTC: half an hour is left
    [InlineData("2026-01-10T22:00:00Z", 10, "2026-01-11T07:10:00Z")] // begins with the morning
    [InlineData("2026-01-10T07:00:00Z", 1600, "2026-01-12T07:40:00Z")] // 13 hours a day
    [InlineData("2026-07-10T18:00:00Z", 90, "2026-07-11T06:30:00Z")] // in summer an hour earlier
    public void What_rests_at_night_ends_later(string start, int minutes, string end) => Assert.Equal(
        At(end), new QuietHours(new(21, 0), new(8, 0), "Europe/Paris").EndOf(At(start), TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Hours_that_are_none_hold_nothing_up() => Assert.Equal(
        Now.AddDays(1), new QuietHours(new(8, 0), new(8, 0), "UTC").EndOf(Now, TimeSpan.FromDays(1)));

    [Fact]
    public void Every_instant_is_either_in_the_quiet_hours_or_in_the_rest_of_the_day() =>
        Prop.ForAll(Arb.From(
            from minutes in Gen.Two(Gen.Choose(0, 1439)).Where(pair => pair.Item1 != pair.Item2)
            from zone in Gen.Elements("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC")
            from second in Gen.Choose(0, 366 * 24 * 3600)
            select (From: Minute(minutes.Item1), To: Minute(minutes.Item2), zone, instant: Now.AddSeconds(second))),
            day =>
            new QuietHours(day.From, day.To, day.zone).Contains(day.instant)
                != new QuietHours(day.To, day.From, day.zone).Contains(day.instant)).QuickCheckThrowOnFailure();

    internal static Campaign Draft(DateTimeOffset now, DateTimeOffset? startAt = null) =>
        Campaign.Create(Details(startAt), now);

    private static CampaignDetails Details(DateTimeOffset? startAt) =>
        new("Printemps", Guid.Empty, [], null, null, new() { All = true }, startAt, null);

    private static Gen<string> Moves => Gen.Elements("launch", "pause", "resume", "cancel");

    private static bool Move(Campaign campaign, string move, DateTimeOffset now) => move switch
    {
        "launch" => campaign.TryLaunch(
            new(new("fr", new("HX", "fr", "Bonjour"), campaign.Filling), []), "+14155238886", null, now),
        "pause" => campaign.TryPause(now),
        "resume" => campaign.TryResume(now),
        _ => campaign.TryCancel(now),
    };

    private static TimeOnly Minute(int minute) => TimeOnly.MinValue.AddMinutes(minute);

    private static DateTimeOffset At(string instant) =>
        DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
