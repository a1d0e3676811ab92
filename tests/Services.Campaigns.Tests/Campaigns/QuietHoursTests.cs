using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class QuietHoursTests
{
    private static readonly DateTimeOffset Year = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_end_of_the_quiet_hours_is_the_first_instant_at_which_nobody_of_the_region_has_them() =>
        Prop.ForAll(Arb.From(Nights), night =>
        {
            var (hours, region, at) = night;
            var end = hours.EndAfter(at, region);
            return !IsQuiet(hours, region, end)
                && (end == at || (end > at && IsQuiet(hours, region, end.AddTicks(-1))))
                && Minutes(at, end).All(minute => IsQuiet(hours, region, minute));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whether_it_is_quiet_is_what_the_clocks_of_the_region_say() =>
        Prop.ForAll(Arb.From(Nights), night =>
            night.Hours.Contains(night.At, night.Region) == IsQuiet(night.Hours, night.Region, night.At))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Work_that_rests_then_takes_as_long_as_there_is_time_that_is_not_quiet() =>
        Prop.ForAll(Arb.From(Nights), Arb.From(Gen.Choose(1, 600)), (night, minutes) =>
        {
            var (hours, region, at) = night;
            var end = hours.EndOf(at, TimeSpan.FromMinutes(minutes), region);
            return !IsQuiet(hours, region, end.AddTicks(-1))
                && Minutes(at, end).Count(minute => !IsQuiet(hours, region, minute)) == minutes;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("22:00", "08:00", "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z")] // an hour less of a night
    [InlineData("22:00", "08:00", "2026-10-24T22:00:00Z", "2026-10-25T07:00:00Z")] // an hour more
    [InlineData("01:30", "02:30", "2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z")] // 02:00 is 03:00 already
    [InlineData("01:00", "02:30", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("01:00", "02:30", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")] // 02:00 once more
    public void They_end_by_the_clock_also_when_it_is_put_forward_or_back(
        string from, string to, string at, string end) =>
        Assert.Equal(Instant(end), Hours(from, to, perContact: false).EndAfter(Instant(at)));

    [Theory]
    [InlineData("33", "2026-01-15T19:59:00Z", false)]
    [InlineData("33", "2026-01-15T20:00:00Z", true)] // 21:00 in Paris
    [InlineData("1", "2026-01-15T17:59:00Z", true)] // 07:59 in Honolulu
    [InlineData("1", "2026-01-15T18:00:00Z", false)]
    [InlineData("1", "2026-01-16T00:30:00Z", true)] // 21:00 in St John's
    [InlineData("1671", "2026-01-15T20:00:00Z", true)] // 06:00 in Guam
    [InlineData("1671", "2026-01-15T22:00:00Z", false)]
    [InlineData("81", "2026-01-15T11:59:00Z", false)] // 20:59 in Tokyo
    [InlineData("81", "2026-01-15T12:00:00Z", true)]
    [InlineData("", "2026-01-15T20:00:00Z", true)] // the campaign's own: Paris
    [InlineData("888", "2026-01-15T20:00:00Z", true)]
    public void It_is_quiet_by_the_clocks_of_the_number(string region, string at, bool quiet) =>
        Assert.Equal(quiet, Hours("21:00", "08:00", perContact: true).Contains(Instant(at), region));

    [Fact]
    public void Unless_they_are_each_persons_own_the_campaigns_zone_counts() =>
        Assert.False(Hours("21:00", "08:00", perContact: false).Contains(Instant("2026-01-15T12:00:00Z"), "81"));

    [Fact]
    public void A_campaign_ends_at_the_latest_with_the_region_that_is_last()
    {
        var campaign = CampaignTests.Draft(Year);
        campaign.QuietHours = Hours("21:00", "08:00", perContact: true);
        var (start, work) = (Instant("2026-01-15T12:00:00Z"), TimeSpan.FromHours(1));

        Assert.Equal(start + work, campaign.EndOf(start, work, ["33"]));
        Assert.Equal(Instant("2026-01-16T00:00:00Z"), campaign.EndOf(start, work, ["33", "81"])); // 09:00 in Tokyo
        Assert.Equal(start + work, campaign.EndOf(start, work, [])); // nobody waits any more
    }

    // Also the nights in which clocks are put forward or back, in the north and in the south.
    private static Gen<(QuietHours Hours, string Region, DateTimeOffset At)> Nights =>
        from start in Gen.Choose(0, 1439)
        from length in Gen.Choose(1, QuietHours.MostPerContact * 60)
        from region in Gen.Frequency(
            (2, Gen.Elements("1", "7", "33", "44", "55", "56", "61", "64", "1671", "")),
            (1, Gen.Elements(Region.All.ToArray())))
        from minute in Gen.Frequency(
            (1, Gen.Choose(0, 365 * 1440)),
            (2,
                from change in Gen.Elements(
                    "2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
                from off in Gen.Choose(-1440, 2 * 1440)
                select (int)(Instant(change) - Year).TotalMinutes + off))
        let begin = TimeOnly.MinValue.AddMinutes(start)
        select (new QuietHours(begin, begin.AddMinutes(length), "Europe/Paris", PerContact: true), region,
            Year.AddMinutes(minute));

    private static QuietHours Hours(string from, string to, bool perContact) =>
        new(TimeOnly.Parse(from, null), TimeOnly.Parse(to, null), "Europe/Paris", perContact);

    /// <summary>Looked up anew, in another way.</summary>
    private static bool IsQuiet(QuietHours hours, string region, DateTimeOffset at)
    {
        var names = region switch
        {
            "1670" or "1671" => "Pacific/Guam",
            "1684" => "Pacific/Pago_Pago",
            "76" or "77" => "Asia/Almaty",
            _ => Country.Of(region)?.Iana ?? "Europe/Paris",
        };
        return names.Split(' ').Any(name =>
        {
            var clock = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(at, name).TimeOfDay;
            var (from, to) = (hours.From.ToTimeSpan(), hours.To.ToTimeSpan());
            return from < to ? clock >= from && clock < to : clock >= from || clock < to;
        });
    }

    private static IEnumerable<DateTimeOffset> Minutes(DateTimeOffset from, DateTimeOffset to)
    {
        for (var minute = from; minute < to; minute = minute.AddMinutes(1))
        {
            yield return minute;
        }
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(
        text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
}
