using Microsoft.AspNetCore.Http;
using Testing;

namespace Frontend.Tests;

public sealed class FormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 22, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("en", "Europe/Paris", "2026-03-05T22:40:00Z", "23:40")]
    [InlineData("en", "Europe/Paris", "2026-03-05T23:10:00Z", "6 Mar, 00:10")]
    [InlineData("en", "UTC", "2026-03-05T23:10:00Z", "23:10")]
    [InlineData("fr", "Europe/Paris", "2026-08-01T10:00:00Z", "1 août, 12:00")]
    [InlineData("fr", "America/New_York", "2025-03-05T22:40:00Z", "5 mars 2025, 17:40")]
    public void Times_are_those_of_the_visitors_zone_and_say_the_day_if_it_is_another(
        string language, string zone, string instant, string expected) =>
        Assert.Equal(expected, Speaking.In(language, texts => Form(zone, texts).At(DateTimeOffset.Parse(
            instant, System.Globalization.CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(59, "59 s")]
    [InlineData(1446, "24 min")]
    [InlineData(11400, "3 h 10 min")]
    [InlineData(180000, "2 d")]
    public void Durations_are_as_rough_as_people_say_them(double seconds, string expected) => Assert.Equal(
        expected, Speaking.In("en", texts => Form("UTC", texts).Duration(TimeSpan.FromSeconds(seconds))));

    [Theory]
    [InlineData("Europe/Paris", "2026-03-05T22:40:00Z", true)]
    [InlineData("Europe/Paris", "2026-03-05T23:10:00Z", false)]
    [InlineData("UTC", "2026-03-05T23:10:00Z", true)]
    public void Today_ends_at_the_visitors_midnight(string zone, string instant, bool expected) =>
        Assert.Equal(expected, Speaking.In("fr", texts => Form(zone, texts).IsToday(DateTimeOffset.Parse(
            instant, System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void A_zone_that_nobody_knows_is_taken_for_UTC() => Assert.Equal("UTC", Of("Mars/Olympus").Zone.Id);

    private static Format Form(string zone, Texts texts) => new(Of(zone), texts, new TestClock(Now));

    private static Visitor Of(string zone)
    {
        var visitor = new Visitor();
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = $"{Visitor.ZoneCookie}={Uri.EscapeDataString(zone)}";
        visitor.Read(context.Request);
        return visitor;
    }
}
