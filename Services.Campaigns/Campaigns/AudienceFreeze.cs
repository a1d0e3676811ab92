using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Makes the audience of a launched campaign into rows, in sets and in chunks, each in its own transaction, so that a
/// million recipients cost flat memory and a crash in the middle goes on where it was. Meanwhile the first of them get
/// their messages.
/// </summary>
internal sealed class AudienceFreeze(
    IServiceScopeFactory scopes, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, TimeProvider clock,
    ILogger<AudienceFreeze> logger)
    : Caretaker("audiences", Look, database, clock, logger)
{
    /// <summary>For most campaigns all of it, and soon done: the answer to the launch waits for it.</summary>
    public const int FirstChunk = 1000;

    private const int Chunk = 5000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _database = database;

    protected override Task PruneAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task<bool> IsWantedAsync(CancellationToken cancellationToken) =>
        (await UnfrozenAsync(cancellationToken)).Count > 0;

    protected override async Task DoWantedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // One that cannot be frozen must not hold up the others. It is told of at the end, and tried again.
        var broken = new Dictionary<Guid, Exception>();
        while ((await UnfrozenAsync(cancellationToken)).FindAll(id => !broken.ContainsKey(id)) is { Count: > 0 } campaigns)
        {
            foreach (var id in campaigns)
            {
                try
                {
                    await GoOnAsync(id, cancellationToken);
                }
                catch (Exception exception) when (
                    !ServiceDefaults.Database.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
                {
                    broken[id] = exception;
                }
            }
        }

        if (broken.Count > 0)
        {
            var (id, exception) = broken.First();
            throw new InvalidOperationException($"Campaign {id}: {exception.Message}", exception);
        }
    }

    private async Task GoOnAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignsDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken)
            is { FrozenAt: null, Status: not CampaignStatus.Cancelled } campaign)
        {
            await NextChunkAsync(
                (NpgsqlTransaction)transaction.GetDbTransaction(), campaign, Chunk, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<List<Guid>> UnfrozenAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.Command(
            "select id from campaigns where frozen_at is null and status in ('scheduled', 'running', 'paused')");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>The next people of the campaign, whose row the transaction has locked.</summary>
    public async Task NextChunkAsync(
        NpgsqlTransaction transaction, Campaign campaign, int most, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var (id, launchedAt) = (values.Add(campaign.Id), values.Add(campaign.LaunchedAt!.Value));
        var query = new AudienceQuery(
            campaign.Audience, Wordings.Of(campaign), sandbox.Value.HasMembership, campaign.LaunchedAt.Value, values);
        var region = campaign.QuietHours is { PerContact: true } ? Region.Sql("c.phone", values) : "null::text";

        await transaction.ExecuteAsync($"""
            with campaign as (
                select coalesce(frozen_up_to, '00000000-0000-0000-0000-000000000000') as start
                from campaigns where id = {id}
            ), chunk as (
                select c.id, c.phone, {query.Variant} as variant, {query.Variables} as variables,
                    {query.Reason} as reason, {region} as region
                from {query.From}
                where c.id > (select start from campaign) and c.created_at <= {launchedAt} and {query.Where}
                order by c.id limit {most}
            ), inserted as (
                insert into messages (
                    id, campaign_id, contact_id, kind, phone, status, next_attempt_at, error_code, variant,
                    variables, created_at, timeline, region)
                select uuid_v7(), {id}, id, 1, phone, case when reason is null then 0 else 9 end,
                    case when reason is null then '-infinity'::timestamptz end, reason, variant, variables,
                    {launchedAt},
                    case when reason is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
                        'at', {launchedAt}::timestamptz, 'event', 'skipped', 'attempt', 0, 'detail', reason)) end,
                    region
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
                regions = (
                    select array_agg(distinct region) from (
                        select unnest(regions) as region
                        union all select region from chunk where reason is null) known
                    where region is not null),
                frozen_at = case when (select count(*) from chunk) < {most} then clock_timestamp() end
            where id = {id}
            """, cancellationToken, values.ToArray());
    }
}
