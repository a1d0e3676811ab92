namespace Frontend.Tests;

public sealed class QuietHoursTests
{
    private static readonly QuietHours Night = new(new(21, 0), new(8, 0), "Europe/Paris");

    [Theory]
    [InlineData("2026-01-10T10:00:00Z", 60, "2026-01-10T11:00:00Z")] // over before the night
    [InlineData("2026-01-10T19:00:00Z", 90, "2026-01-11T07:30:00Z")] // 21:00 in Paris is 20:00 UTC: half an hour is left
    [InlineData("2026-01-10T22:00:00Z", 10, "2026-01-11T07:10:00Z")] // begins with the morning
    [InlineData("2026-01-10T07:00:00Z", 1600, "2026-01-12T07:40:00Z")] // 13 hours a day
    [InlineData("2026-07-10T18:00:00Z", 90, "2026-07-11T06:30:00Z")] // in summer an hour earlier
    public void What_rests_at_night_ends_later(string start, int minutes, string end) => Assert.Equal(
        Instant(end), Night.EndOf(Instant(start), TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Hours_that_are_none_hold_nothing_up() => Assert.Equal(
        Instant("2026-01-11T10:00:00Z"),
        (Night with { To = Night.From }).EndOf(Instant("2026-01-10T10:00:00Z"), TimeSpan.FromDays(1)));

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
