using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Services.Campaigns;

/// <summary>Reads a campaign's statistics: a handful of counter rows, whatever the campaign's size.</summary>
internal sealed class StatsReader(
    CampaignsDbContext db, NpgsqlDataSource database, Senders senders, TimeProvider clock)
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
            Estimate(
                campaign, counters, await ReadWaitingAsync([campaign], cancellationToken),
                await ReadRegionsAsync([campaign], cancellationToken),
                await SenderDay.BegunAsync(database, senders, now, cancellationToken), now));
    }

    /// <summary>Of several campaigns at once, without the rate, which would have to be measured.</summary>
    public async Task<Dictionary<Guid, CampaignStats>> ReadAsync(
        IReadOnlyList<Campaign> campaigns, CancellationToken cancellationToken)
    {
        var waiting = await ReadWaitingAsync(campaigns, cancellationToken);
        var regions = await ReadRegionsAsync(campaigns, cancellationToken);
        var now = clock.GetUtcNow();
        var begun = await SenderDay.BegunAsync(database, senders, now, cancellationToken);
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

        return campaigns.ToDictionary(campaign => campaign.Id, campaign =>
        {
            var counters = new Counters(numbers[campaign.Id]);
            return CampaignStats.Of(campaign, counters, 0, Estimate(campaign, counters, waiting, regions, begun, now));
        });
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

    // A sender's running campaigns take turns: while k of them wait, each gets a k-th of the rate.
    private DateTimeOffset? Estimate(
        Campaign campaign, Counters counters, IReadOnlyList<Waiting> waiting, ILookup<Guid, string> regions,
        Dictionary<string, int> begun, DateTimeOffset now)
    {
        if (campaign.Status is not CampaignStatus.Running)
        {
            return null;
        }

        var open = counters.Of(MessageKind.Message1).Open;
        var sender = senders.NumberOf(campaign.Sender);
        var ofSender = waiting.Where(one => senders.NumberOf(one.Sender) == sender).ToList();
        var others = ofSender.Where(other => other.Id != campaign.Id).Sum(other => Math.Min(other.Count, open));
        // What is ordered and open has been begun already: it stands for itself, and not for the day's others.
        var ordered = ofSender.Sum(one => one.Ordered);
        return senders.EndOf(
            campaign, now, open + others, (int)Math.Max(0, begun.GetValueOrDefault(sender) - ordered),
            regions[campaign.Id]);
    }

    /// <summary>How many wait in each running campaign; not asked for if none of these runs.</summary>
    private async Task<List<Waiting>> ReadWaitingAsync(
        IEnumerable<Campaign> campaigns, CancellationToken cancellationToken)
    {
        var waiting = new List<Waiting>();
        if (!campaigns.Any(campaign => campaign.Status is CampaignStatus.Running))
        {
            return waiting;
        }

        await using var command = database.CreateCommand("""
            select c.id, sum(k.n)::bigint, c.sender, coalesce(sum(k.n) filter (where k.status in (2, 3)), 0)::bigint
            from campaign_counters k join campaigns c on c.id = k.campaign_id
            where c.status = 'running' and k.kind = 1 and k.status in (0, 1, 2, 3) group by c.id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(new(
                reader.GetGuid(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetInt64(3)));
        }

        return waiting;
    }

    /// <summary>Where somebody still waits for a running campaign whose quiet hours are each person's own.</summary>
    private async Task<ILookup<Guid, string>> ReadRegionsAsync(
        IEnumerable<Campaign> campaigns, CancellationToken cancellationToken)
    {
        var parts = campaigns.Where(campaign => campaign.Status is CampaignStatus.Running)
            .SelectMany(campaign => campaign.Regions ?? [], (campaign, region) => (campaign.Id, Region: region))
            .ToList();
        if (parts.Count > 0)
        {
            await using var command = database.CreateCommand("""
                select campaign_id, region from unnest($1, $2) as part (campaign_id, region)
                where exists (
                    select from messages m
                    where m.campaign_id = part.campaign_id and m.region = part.region and m.kind = 1
                        and m.status in (0, 1))
                """);
            command.Parameters.Add(new() { Value = parts.Select(part => part.Id).ToArray() });
            command.Parameters.Add(new() { Value = parts.Select(part => part.Region).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            parts.Clear();
            while (await reader.ReadAsync(cancellationToken))
            {
                parts.Add((reader.GetGuid(0), reader.GetString(1)));
            }
        }

        return parts.ToLookup(part => part.Id, part => part.Region);
    }

    /// <param name="Count">Of messages that have not left yet, or may not have.</param>
    /// <param name="Ordered">Of them, those that have been ordered.</param>
    private sealed record Waiting(Guid Id, long Count, string? Sender, long Ordered);
}
