using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Keeps the number of messages that a sender may begin in a day (UTC), if there is one. Begun is what is ordered, in
/// the transaction that says so of the message; what comes back without having been sent is not. One row for a sender
/// and a day, so that it holds across replicas and restarts.
/// </summary>
internal static class SenderDay
{
    /// <summary>In the error dictionary.</summary>
    public const string UsedUp = "daily_cap";

    /// <summary>How many it may still begin.</summary>
    public static async Task<int> LeftAsync(
        NpgsqlTransaction transaction, Senders senders, string sender, DateTimeOffset now,
        CancellationToken cancellationToken) => senders.PerDay is not { } most
        ? int.MaxValue
        : Math.Max(0, most - await transaction.ScalarAsync<int>(
            "select begun from sender_days where sender = $1 and day = $2", cancellationToken, sender, DayOf(now)));

    /// <summary>How many each sender has begun on a day; none if that does not matter.</summary>
    public static async Task<Dictionary<string, int>> BegunAsync(
        NpgsqlDataSource database, Senders senders, DateTimeOffset day, CancellationToken cancellationToken)
    {
        var begun = new Dictionary<string, int>();
        if (senders.PerDay is not null)
        {
            await using var command = database.Command(
                "select sender, begun from sender_days where day = $1", DayOf(day));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                begun[reader.GetString(0)] = reader.GetInt32(1);
            }
        }

        return begun;
    }

    public static DateTimeOffset EndOf(DateTimeOffset day) => new(day.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    /// <summary>These have been ordered, each from its sender.</summary>
    public static async Task CountAsync(
        NpgsqlTransaction transaction, Senders senders, IEnumerable<string> begun, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (senders.PerDay is null)
        {
            return;
        }

        foreach (var (sender, count) in begun.CountBy(sender => sender).OrderBy(day => day.Key, StringComparer.Ordinal))
        {
            await transaction.ExecuteAsync("""
                insert into sender_days as d (sender, day, begun) values ($1, $2, $3)
                on conflict (sender, day) do update set begun = d.begun + excluded.begun
                """, cancellationToken, sender, DayOf(now), count);
        }
    }

    /// <summary>Orders that have come back, and nothing was sent: they do not count on the day of the order.</summary>
    public static async Task GiveBackAsync(
        NpgsqlTransaction transaction, Senders senders, IReadOnlyCollection<Guid> returned,
        CancellationToken cancellationToken)
    {
        if (senders.PerDay is not null && returned.Count > 0)
        {
            await transaction.ExecuteAsync("""
                with returned as (
                    select case when coalesce(m.sender, c.sender) = any($3) then coalesce(m.sender, c.sender) else $2
                        end as sender, (m.queued_at at time zone 'UTC')::date as day, count(*)::int as n
                    from messages m left join campaigns c on c.id = m.campaign_id where m.id = any($1) group by 1, 2
                ), locked as materialized (
                    select sender, day, n from sender_days d join returned using (sender, day)
                    order by sender, day for update of d
                )
                update sender_days d set begun = greatest(0, d.begun - r.n)
                from locked r where d.sender = r.sender and d.day = r.day
                """, cancellationToken, returned.ToArray(), senders.Main, senders.All.ToArray());
        }
    }

    /// <summary>
    /// The campaigns of senders whose day is used up go on by themselves at its end, as after the provider's own limit.
    /// By itself and not with the orders: whoever holds a campaign may wait for the counters.
    /// </summary>
    public static async Task PauseAsync(
        CampaignsDbContext db, Senders senders, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (senders.PerDay is { } most)
        {
            await db.Database.ExecuteSqlRawAsync($$"""
                with paused as (
                    update campaigns c set
                        status = 'paused', status_reason = '{{UsedUp}}', status_provider = null, resume_at = {1},
                        updated_at = {0}
                    from sender_days d
                    where c.status = 'running' and d.day = {3} and d.begun >= {4}
                        and d.sender = case when c.sender = any({5}) then c.sender else {2} end
                        and {{CampaignProgress.Waiting}}
                    returning c.id, c.name
                )
                insert into activity (id, at, action, subject_id, subject, details)
                select uuid_v7(), {0}, 'campaign.pausedItself', id, name, jsonb_build_object('reason', '{{UsedUp}}')
                from paused
                """, [now, EndOf(now), senders.Main, DayOf(now), most, senders.All.ToArray()],
                cancellationToken);
        }
    }

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);
}
