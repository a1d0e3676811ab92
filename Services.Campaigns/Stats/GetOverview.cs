using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Totals over all campaigns, and what was sent and became of it, by the day of sending.</summary>
internal static class GetOverview
{
    private const int MostDays = 366;

    /// <param name="timeZone">Whose days; an IANA name.</param>
    public static async Task<Results<Ok<OverviewAnswer>, ValidationProblem>> HandleAsync(
        NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken, int days = 30,
        string timeZone = "UTC")
    {
        if (days is < 1 or > MostDays)
        {
            return Problems.Field("days", $"days is a number from 1 to {MostDays}.");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
        {
            return Problems.Field("timeZone", new Remedy(
                "timeZone is an IANA name, such as Europe/Paris.",
                "Indiquez un fuseau horaire, comme Europe/Paris."));
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        return TypedResults.Ok(new OverviewAnswer(
            await ReadTotalsAsync(connection, cancellationToken),
            await ReadDaysAsync(connection, today.AddDays(1 - days), days, zone, cancellationToken)));
    }

    private static async Task<OverviewAnswer.OverviewTotals> ReadTotalsAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select status, sum(n)::bigint from campaign_counters where kind = 1 group by 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numbers = new Dictionary<(MessageKind, short), long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers[(MessageKind.Message1, reader.GetInt16(0))] = reader.GetInt64(1);
        }

        var totals = new Counters(numbers).Of(MessageKind.Message1);
        return new(
            totals.Total, totals.Open, totals.Sent, totals.Delivered, totals[MessageStatus.Read],
            totals[MessageStatus.Failed], totals[MessageStatus.Cancelled], totals[MessageStatus.Skipped],
            totals.Replied, CampaignStats.RatesOf(totals));
    }

    private static async Task<List<OverviewAnswer.Day>> ReadDaysAsync(
        NpgsqlConnection connection, DateOnly from, int count, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var starts = Enumerable.Range(0, count).Select(day => StartOf(from.AddDays(day), zone)).ToArray();
        await using var command = new NpgsqlCommand("""
            select width_bucket(coalesce(sent_at, failed_at), $1) as day, count(*) filter (where status in (4, 6, 7)),
                count(*) filter (where status in (6, 7)), count(*) filter (where status = 7),
                count(*) filter (where status = 5), count(replied_at)
            from messages where kind = 1 and coalesce(sent_at, failed_at) >= $2
            group by 1
            """, connection)
        {
            Parameters = { new() { Value = starts }, new() { Value = starts[0] } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = Enumerable.Range(0, count)
            .Select(day => new OverviewAnswer.Day(from.AddDays(day), 0, 0, 0, 0, 0)).ToList();
        while (await reader.ReadAsync(cancellationToken))
        {
            var day = reader.GetInt32(0) - 1;
            days[day] = new(
                days[day].Date, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt64(5));
        }

        return days;
    }

    /// <summary>
    /// When a day begins on the clocks of a zone: at midnight, the first of the two if they are put back over it, or
    /// when they jump over it.
    /// </summary>
    internal static DateTime StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var offset = zone.IsAmbiguousTime(midnight)
            ? zone.GetAmbiguousTimeOffsets(midnight).Max()
            : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).UtcDateTime;
    }
}

internal sealed record OverviewAnswer(OverviewAnswer.OverviewTotals Totals, IReadOnlyList<OverviewAnswer.Day> Days)
{
    /// <param name="Open">Not sent yet.</param>
    internal sealed record OverviewTotals(
        long Total, long Open, long Sent, long Delivered, long Read, long Failed, long Cancelled, long Skipped,
        long Replies, CampaignStats.StatsRates Rates);

    /// <param name="Date">In the zone that was asked for.</param>
    internal sealed record Day(DateOnly Date, long Sent, long Delivered, long Read, long Failed, long Replies);
}
