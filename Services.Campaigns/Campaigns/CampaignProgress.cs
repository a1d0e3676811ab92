using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Services.Campaigns;

/// <summary>Moves campaigns on that move by themselves: starts, empties and completes them.</summary>
internal sealed class CampaignProgress(
    IServiceScopeFactory scopes, NpgsqlDataSource database, Senders senders, TimeProvider clock)
{
    /// <summary>In the error dictionary: who is later than <see cref="Lateness"/> asks first.</summary>
    public const string MissedStart = "missed_start";

    private static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    private const string Open = """
        exists (select 1 from campaign_counters k
                where k.campaign_id = c.id and k.kind = 1 and k.status in (0, 1, 2, 3) and k.n > 0)
        """;

    /// <summary>Something of campaign <c>c</c> has still to be ordered.</summary>
    public const string Waiting = """
        exists (select 1 from campaign_counters k where k.campaign_id = c.id and k.status in (0, 1) and k.n > 0)
        """;

    public async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignsDbContext>();
        var now = clock.GetUtcNow();

        // Nobody wants an invitation for this morning to leave at night because the machine was off.
        await db.Database.ExecuteSqlRawAsync($$"""
            with missed as (
                update campaigns set status = 'paused', status_reason = '{{MissedStart}}', updated_at = {0}
                where status = 'scheduled' and start_at <= {1} returning id, name
            )
            insert into activity (id, at, action, subject_id, subject, details)
            select uuid_v7(), {0}, 'campaign.pausedItself', id, name, jsonb_build_object('reason', '{{MissedStart}}')
            from missed
            """, [now, now - Lateness], cancellationToken);
        await db.Database.ExecuteSqlAsync($"""
            update campaigns set status = 'running', started_at = {now}, updated_at = {now}
            where status = 'scheduled' and start_at <= {now}
            """, cancellationToken);
        await db.Database.ExecuteSqlAsync($"""
            with resumed as (
                update campaigns set
                    status = 'running', status_reason = null, status_provider = null, resume_at = null, updated_at = {now}
                where status = 'paused' and resume_at <= {now} returning id, name
            )
            insert into activity (id, at, action, subject_id, subject)
            select uuid_v7(), {now}, 'campaign.resumedItself', id, name from resumed
            """, cancellationToken);
        foreach (var id in await IdsAsync($"select id from campaigns c where status = 'cancelled' and {Waiting}"))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await MessageRows.CancelWaitingAsync(
                (NpgsqlTransaction)transaction.GetDbTransaction(), "campaign_id", id, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await FailureWatch.PauseAsync(db, now, cancellationToken);
        await SenderDay.PauseAsync(db, senders, now, cancellationToken);

        // A failure reported late, or a retry by hand, opens a completed campaign again: "completed" is the truth.
        await db.Database.ExecuteSqlRawAsync($$"""
            update campaigns c set status = 'completed', finished_at = {0}, updated_at = {0}
            where status = 'running' and frozen_at is not null and not {{Open}};
            update campaigns c set status = 'running', finished_at = null, updated_at = {0}
            where status = 'completed' and {{Open}}
            """, [now], cancellationToken);

        async Task<List<Guid>> IdsAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var ids = new List<Guid>();
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
            }

            return ids;
        }
    }
}
