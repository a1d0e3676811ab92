using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Totals over all campaigns, and what was sent and became of it, by the day (UTC) of sending.</summary>
internal static class GetOverview
{
    private const int MostDays = 366;

    public static async Task<Results<Ok<OverviewAnswer>, ValidationProblem>> HandleAsync(
        NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken, int days = 30)
    {
        if (days is < 1 or > MostDays)
        {
            return Problems.Field("days", $"days is a number from 1 to {MostDays}.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return TypedResults.Ok(new OverviewAnswer(
            await ReadTotalsAsync(connection, cancellationToken),
            await ReadDaysAsync(connection, today.AddDays(1 - days), today, cancellationToken)));
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
        NpgsqlConnection connection, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with moved as (
                select (coalesce(sent_at, failed_at) at time zone 'UTC')::date as day, status, replied_at
                from messages where kind = 1 and coalesce(sent_at, failed_at) >= $1::timestamp at time zone 'UTC')
            select d::date, count(*) filter (where status in (4, 6, 7)), count(*) filter (where status in (6, 7)),
                count(*) filter (where status = 7), count(*) filter (where status = 5), count(replied_at)
            from generate_series($1::timestamp, $2::timestamp, interval '1 day') d left join moved on day = d::date
            group by 1 order by 1
            """, connection)
        {
            Parameters =
            {
                new() { Value = from.ToDateTime(TimeOnly.MinValue) },
                new() { Value = to.ToDateTime(TimeOnly.MinValue) },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<OverviewAnswer.Day>();
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(new(
                reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.GetInt64(4), reader.GetInt64(5)));
        }

        return days;
    }
}

internal sealed record OverviewAnswer(OverviewAnswer.OverviewTotals Totals, IReadOnlyList<OverviewAnswer.Day> Days)
{
    /// <param name="Open">Not sent yet.</param>
    internal sealed record OverviewTotals(
        long Total, long Open, long Sent, long Delivered, long Read, long Failed, long Cancelled, long Skipped,
        long Replies, CampaignStats.StatsRates Rates);

    /// <param name="Date">UTC.</param>
    internal sealed record Day(DateOnly Date, long Sent, long Delivered, long Read, long Failed, long Replies);
}
