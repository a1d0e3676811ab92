using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>
/// Pauses a campaign of which too much fails, before the rest goes the same way. An error that would make every message
/// fail pauses at once (<see cref="Consequences"/>).
/// </summary>
internal static class FailureWatch
{
    /// <summary>In the error dictionary.</summary>
    public const string TooManyFailures = "too_many_failures";

    /// <summary>Of what is sent, if a campaign says nothing else.</summary>
    public const double UsualShare = 0.2;

    // Statuses: 4 sent, 5 failed, 6 delivered, 7 read; 0 and 1 wait.
    private const string Numbers = """
        select coalesce(sum(n) filter (where status in (4, 5, 6, 7)), 0)::bigint as outcomes,
            coalesce(sum(n) filter (where status = 5), 0)::bigint as failures,
            coalesce(sum(n) filter (where status in (0, 1)), 0)::bigint as waiting
        from campaign_counters where campaign_id = c.id and kind = 1
        """;

    public static async Task PauseAsync(
        CampaignsDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What failed and is tried again is no outcome any more.
        await db.Database.ExecuteSqlRawAsync($"""
            update campaigns p set
                outcomes_before = least(outcomes_before, outcomes), failures_before = least(failures_before, failures)
            from (select c.id, k.* from campaigns c cross join lateral ({Numbers}) k where c.status = 'running') c
            where p.id = c.id and (outcomes < outcomes_before or failures < failures_before)
            """, cancellationToken);
        await db.Database.ExecuteSqlRawAsync($$"""
            with watched as (
                select c.id, outcomes - outcomes_before as outcomes, failures - failures_before as failures
                from campaigns c cross join lateral ({{Numbers}}) k
                where c.status = 'running' and waiting > 0
            ), paused as (
                update campaigns c set status = 'paused', status_reason = '{{TooManyFailures}}', updated_at = {0}
                from watched w
                where c.id = w.id and c.status = 'running' and outcomes >= 50 -- fewer prove nothing
                    and failures > pause_at_failure_share * outcomes
                returning c.id, c.name, failures, outcomes
            )
            insert into activity (id, at, action, subject_id, subject, details)
            select uuid_v7(), {0}, 'campaign.pausedItself', id, name, jsonb_build_object(
                'reason', '{{TooManyFailures}}', 'failures', failures::text, 'outcomes', outcomes::text)
            from paused
            """, [now], cancellationToken);
    }

    /// <summary>Somebody lets it go on, having seen what failed: that counts no more.</summary>
    public static Task ForgetAsync(CampaignsDbContext db, Guid campaign, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync($$"""
            update campaigns p set outcomes_before = outcomes, failures_before = failures
            from (select c.id, k.* from campaigns c cross join lateral ({{Numbers}}) k where c.id = {0}) c
            where p.id = c.id
            """, [campaign], cancellationToken);
}
