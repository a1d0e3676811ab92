using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Services.Campaigns;

/// <summary>Reads a campaign's statistics: a handful of counter rows, whatever the campaign's size.</summary>
internal sealed class StatsReader(
    CampaignsDbContext db, NpgsqlDataSource database, IOptions<SendingOptions> sending, TimeProvider clock)
{
    private static readonly TimeSpan Measured = TimeSpan.FromMinutes(1);

    /// <summary>Null if there is no such campaign.</summary>
    public async Task<CampaignStats?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        // One statement for campaign and counters would save little: consistent they are anyway, row by row.
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var counters = await ReadCountersAsync(id, cancellationToken);
        return CampaignStats.Of(
            campaign, counters, await MeasureAsync(campaign, now, cancellationToken),
            await EstimateAsync(campaign, counters.Of(MessageKind.Message1).Open, now, cancellationToken));
    }

    /// <summary>Of several campaigns at once, without what would have to be measured.</summary>
    public async Task<Dictionary<Guid, CampaignStats>> ReadAsync(
        IReadOnlyList<Campaign> campaigns, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select campaign_id, kind, status, n from campaign_counters where campaign_id = any($1)");
        command.Parameters.Add(new() { Value = campaigns.Select(campaign => campaign.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numbers = campaigns.ToDictionary(
            campaign => campaign.Id, _ => new Dictionary<(MessageKind, short), long>());
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers[reader.GetGuid(0)][((MessageKind)reader.GetInt16(1), reader.GetInt16(2))] = reader.GetInt64(3);
        }

        return campaigns.ToDictionary(
            campaign => campaign.Id, campaign => CampaignStats.Of(campaign, new(numbers[campaign.Id]), 0, null));
    }

    private async Task<Counters> ReadCountersAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select kind, status, n from campaign_counters where campaign_id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numbers = new Dictionary<(MessageKind, short), long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers[((MessageKind)reader.GetInt16(0), reader.GetInt16(1))] = reader.GetInt64(2);
        }

        return new(numbers);
    }

    private async Task<double> MeasureAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (campaign.StartedAt is not { } startedAt || campaign.FinishedAt is not null)
        {
            return 0;
        }

        await using var command = database.CreateCommand(
            "select count(*) from messages where campaign_id = $1 and sent_at > $2");
        command.Parameters.Add(new() { Value = campaign.Id });
        command.Parameters.Add(new() { Value = now - Measured });
        var sent = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        var seconds = Math.Clamp((now - startedAt).TotalSeconds, 1, Measured.TotalSeconds);
        return Math.Round(sent / seconds, 3);
    }

    // The running campaigns take turns: while k of them wait, each gets a k-th of the rate.
    private async Task<DateTimeOffset?> EstimateAsync(
        Campaign campaign, long open, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (campaign.Status is not CampaignStatus.Running)
        {
            return null;
        }

        var others = await db.Database.SqlQuery<long>($"""
            select sum(k.n)::bigint as "Value" from campaign_counters k join campaigns c on c.id = k.campaign_id
            where c.status = 'running' and c.id <> {campaign.Id} and k.kind = 1 and k.status in (0, 1, 2, 3)
            group by c.id
            """).ToListAsync(cancellationToken);
        return now.AddSeconds((open + others.Sum(other => Math.Min(other, open))) / sending.Value.PerSecond);
    }
}
