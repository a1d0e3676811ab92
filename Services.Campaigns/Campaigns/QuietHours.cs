namespace Services.Campaigns;

/// <summary>A part of the day in which nothing bulk leaves, e.g. 21:00 to 08:00 in Europe/Paris.</summary>
/// <param name="From">It may pass midnight.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="PerContact">
/// By each person's own clock, which the country of their number tells; where it tells several, it is quiet while it is
/// in any of them. Whose number tells none lives by <paramref name="TimeZone"/>.
/// </param>
internal sealed record QuietHours(TimeOnly From, TimeOnly To, string TimeZone, bool PerContact = false)
{
    /// <summary>
    /// Of <see cref="PerContact"/>, in hours: Russia's clocks are ten hours apart, so that of more no hour of the day
    /// would be left there.
    /// </summary>
    public const int MostPerContact = 13;

    /// <param name="instant">When.</param>
    /// <param name="region">Whose (<see cref="Region"/>); null: the campaign's own zone.</param>
    public bool Contains(DateTimeOffset instant, string? region = null) =>
        ZonesOf(region).Any(zone => Contains(instant, zone));

    /// <summary>The first instant from <paramref name="instant"/> on at which it is not quiet.</summary>
    public DateTimeOffset EndAfter(DateTimeOffset instant, string? region = null)
    {
        var zones = ZonesOf(region);
        while (zones.FirstOrDefault(zone => Contains(instant, zone)) is { } quiet)
        {
            instant = EndAfter(instant, quiet);
        }

        return instant;
    }

    /// <summary>
    /// When <paramref name="work"/> that begins at <paramref name="start"/> is done, if it rests then.
    /// </summary>
    public DateTimeOffset EndOf(DateTimeOffset start, TimeSpan work, string? region = null)
    {
        var rest = this with { From = To, To = From };
        var (at, left) = (start, work);
        while (From != To)
        {
            at = EndAfter(at, region);
            var free = ZonesOf(region).Min(zone => rest.EndAfter(at, zone)) - at;
            if (left <= free)
            {
                break;
            }

            (at, left) = (at + free, left - free);
        }

        return at + left;
    }

    private IReadOnlyList<TimeZoneInfo> ZonesOf(string? region) =>
        PerContact && region is not null && Region.ZonesOf(region) is { Count: > 0 } zones
            ? zones
            : [TimeZoneInfo.FindSystemTimeZoneById(TimeZone)];

    private bool Contains(DateTimeOffset instant, TimeZoneInfo zone) => ClockAt(instant, zone).IsBetween(From, To);

    private DateTimeOffset EndAfter(DateTimeOffset instant, TimeZoneInfo zone)
    {
        while (Contains(instant, zone))
        {
            instant = Go(instant, To - ClockAt(instant, zone), zone);
        }

        return instant;
    }

    /// <summary>As far ahead as the clock says, or to where it is put forward or back, if that comes first.</summary>
    private static DateTimeOffset Go(DateTimeOffset from, TimeSpan ahead, TimeZoneInfo zone)
    {
        var (offset, before, after) = (zone.GetUtcOffset(from), from, from + ahead);
        while (zone.GetUtcOffset(after) != offset && after - before > TimeSpan.FromTicks(1))
        {
            var middle = before + (after - before) / 2;
            (before, after) = zone.GetUtcOffset(middle) == offset ? (middle, after) : (before, middle);
        }

        return after;
    }

    private static TimeOnly ClockAt(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(instant, zone).TimeOfDay);
}
