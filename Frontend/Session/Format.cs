using System.Globalization;

namespace Frontend;

/// <summary>Numbers and times as the person in front of the browser writes them.</summary>
public sealed class Format(Visitor visitor, Texts texts, TimeProvider clock)
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>One decimal at most: 0.4, 12.</summary>
    public static string Rounded(double number) => number.ToString("#,0.#", CultureInfo.CurrentCulture);

    public static string Percent(double share) => share.ToString(share is 0 or >= 0.1 ? "P0" : "P1", CultureInfo.CurrentCulture);

    /// <summary>The hour for today, else the day too, and the year if it is another.</summary>
    public string At(DateTimeOffset instant)
    {
        var (then, now) = (Local(instant), Local(clock.GetUtcNow()));
        return IsToday(instant)
            ? Hour(instant)
            : texts[then.Year == now.Year ? "Common.Time.Day" : "Common.Time.Year", then.DateTime];
    }

    /// <summary>Then it is told by the hour; else by the day, before which French has another word.</summary>
    public bool IsToday(DateTimeOffset instant) => Local(instant).Date == Local(clock.GetUtcNow()).Date;

    /// <summary>Of a day and hour in the visitor's zone.</summary>
    public string At(DateTime local) => At(Instant(local));

    /// <summary>The instant at which the visitor's clocks show this.</summary>
    public DateTimeOffset Instant(DateTime local) => new(local, visitor.Zone.GetUtcOffset(local));

    /// <summary>To the second, with the zone's name.</summary>
    public string Exactly(DateTimeOffset instant) =>
        texts["Common.Time.Exact", Local(instant).DateTime, ZoneName];

    public string Hour(DateTimeOffset instant) => texts["Common.Time.Hour", Local(instant).DateTime];

    public static string Day(DateOnly day) => day.ToString("d MMM", CultureInfo.CurrentCulture);

    /// <summary>Roughly: 40 s, 25 min, 3 h 10 min, 2 d.</summary>
    public string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => texts["Common.Time.Seconds", (int)Math.Ceiling(time.TotalSeconds)],
        { TotalMinutes: < 60 } => texts["Common.Time.Minutes", (int)Math.Round(time.TotalMinutes)],
        { TotalHours: < 24 } => texts["Common.Time.Hours", (int)time.TotalHours, time.Minutes],
        _ => texts["Common.Time.Days", (int)Math.Round(time.TotalDays)],
    };

    /// <summary>Of the visitor's times.</summary>
    public string ZoneName => visitor.Zone.Id;

    private DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, visitor.Zone);
}
