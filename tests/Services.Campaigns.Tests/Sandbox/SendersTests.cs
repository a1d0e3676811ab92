using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;

namespace Services.Campaigns.Tests;

public class SendersTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(70, 30, "2026-03-02T12:01:10Z")] // all of them today
    [InlineData(71, 30, "2026-03-03T00:00:01Z")]
    [InlineData(250, 30, "2026-03-04T00:01:20Z")] // 70, 100, 80
    [InlineData(200, 130, "2026-03-04T00:01:40Z")] // nothing is left today
    public void The_end_is_on_the_day_to_which_the_daily_limit_puts_the_last_message(
        long messages, int begun, DateTimeOffset end) =>
        Assert.Equal(end, SendersOf(perDay: 100).EndOf(null, Noon, messages, begun, null));

    [Fact]
    public void The_end_is_that_of_counting_day_by_day() => Prop.ForAll(
        Gen.Choose(1, 60_000).ToArbitrary(), Gen.Choose(0, 300).ToArbitrary(),
        Gen.Zip(Gen.Choose(1, 250), Gen.Choose(0, 86_399)).ToArbitrary(), (messages, begun, day) =>
        {
            var (most, second) = day;
            var start = Noon.Date.AddSeconds(second);
            var (left, at) = ((long)messages, new DateTimeOffset(start, TimeSpan.Zero));
            for (var free = (long)Math.Max(0, most - begun); ; free = most)
            {
                var midnight = new DateTimeOffset(at.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
                free = Math.Min(free, (long)(midnight - at).TotalSeconds);
                if (left <= free)
                {
                    break;
                }

                (left, at) = (left - free, midnight);
            }

            Assert.Equal(
                at.AddSeconds(left),
                SendersOf(most).EndOf(null, new(start, TimeSpan.Zero), messages, begun, null));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_pace_leaves_of_the_first_day_is_for_the_next() => Assert.Equal(
        new DateTimeOffset(2026, 3, 4, 0, 23, 20, TimeSpan.Zero), // 3,600 before midnight, then 10,000, then 1,400
        SendersOf(perDay: 10_000).EndOf(null, Noon.AddHours(11), 15_000, 0, null));

    [Fact]
    public void A_limit_that_nothing_reaches_changes_nothing() => Assert.Equal(
        Noon.AddSeconds(100_000), SendersOf(perDay: int.MaxValue).EndOf(null, Noon, 100_000, 5, null));

    [Fact]
    public void Without_a_daily_limit_only_the_pace_counts() =>
        Assert.Equal(Noon.AddSeconds(100_000), SendersOf(perDay: null).EndOf(null, Noon, 100_000, 5, null));

    private static Senders SendersOf(int? perDay) => new(
        Options.Create(new SandboxOptions { Number = "+14155238886" }),
        Options.Create(new SendingOptions { RatePerSecond = 1, PerDay = perDay }));
}
