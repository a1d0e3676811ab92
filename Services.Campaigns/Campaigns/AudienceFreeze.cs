using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Makes the audience of a launched campaign into rows, in sets and in chunks, each in its own transaction, so that a
/// million recipients cost flat memory and a crash in the middle goes on where it was.
/// </summary>
internal sealed class AudienceFreeze(IOptions<SandboxOptions> sandbox)
{
    private const int ChunkSize = 10_000;

    /// <summary>The next chunk of the campaign, whose row the transaction has locked.</summary>
    public async Task NextChunkAsync(
        NpgsqlTransaction transaction, Campaign campaign, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var (id, launchedAt) = (values.Add(campaign.Id), values.Add(campaign.LaunchedAt!.Value));
        var query = new AudienceQuery(
            campaign.Audience, campaign.Filling, sandbox.Value.HasMembership, campaign.LaunchedAt.Value, values);

        await transaction.ExecuteAsync($"""
            with campaign as (
                select coalesce(frozen_up_to, '00000000-0000-0000-0000-000000000000') as start
                from campaigns where id = {id}
            ), chunk as (
                select c.id, c.phone, {query.Variables} as variables, {query.Reason} as reason
                from contacts c cross join lateral ({query.Rendered}) rendered
                where c.id > (select start from campaign) and c.created_at <= {launchedAt} and {query.Where}
                order by c.id limit {ChunkSize}
            ), inserted as (
                insert into messages (
                    id, campaign_id, contact_id, kind, phone, status, next_attempt_at, error_code, variables,
                    created_at, timeline)
                select uuid_v7(), {id}, id, 1, phone, case when reason is null then 0 else 9 end,
                    case when reason is null then '-infinity'::timestamptz end, reason, variables, {launchedAt},
                    case when reason is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
                        'at', {launchedAt}::timestamptz, 'event', 'skipped', 'attempt', 0, 'detail', reason)) end
                from chunk
                on conflict (campaign_id, contact_id, kind) do nothing
                returning status
            ), counted as (
                insert into campaign_counters as k (campaign_id, kind, status, n)
                select {id}, 1, status, count(*) from inserted group by status order by status
                on conflict (campaign_id, kind, status) do update set n = k.n + excluded.n
            )
            update campaigns set
                frozen_up_to = coalesce((select id from chunk order by id desc limit 1), frozen_up_to),
                frozen_at = case when (select count(*) from chunk) < {ChunkSize} then clock_timestamp() end
            where id = {id}
            """, cancellationToken, values.ToArray());
    }
}
