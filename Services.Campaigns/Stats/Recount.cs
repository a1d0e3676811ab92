using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Counts a campaign's rows anew and sets the counters right. Nobody is held meanwhile: rows and counters move in the
/// same transactions, so one statement, which sees one instant, finds by how much they differ; and as everybody moves
/// the counters by adding, so can the correction, whatever has moved since.
/// </summary>
internal sealed partial class Recount(NpgsqlDataSource database, ILogger<Recount> logger)
{
    // Two recounts of one campaign must not both add the same difference.
    private const string Lock = "select pg_advisory_xact_lock(hashtext('recount'), hashtext($1::text))";

    /// <summary>What was in the rows and in the counters, at the same instant; the counters are right since.</summary>
    public async Task<Recounted> RunAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(Lock, cancellationToken, campaignId);
        var (rows, counters) = await CountAsync(transaction, campaignId, cancellationToken);

        // Tests stay outside the statistics.
        var corrections = rows.Keys.Union(counters.Keys)
            .Where(key => key.Kind is not MessageKind.Test)
            .Select(key => new MessageRows.CounterDelta(
                campaignId, key.Kind, key.Status, rows.GetValueOrDefault(key) - counters.GetValueOrDefault(key)))
            .Where(delta => delta.N != 0)
            .OrderBy(delta => (delta.Kind, delta.Status)).ToList();
        await MessageRows.MoveCountersAsync(transaction, corrections, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        foreach (var (_, kind, status, n) in corrections)
        {
            var counted = counters.GetValueOrDefault((kind, status));
            LogCorrected(campaignId, kind, status, counted, counted + n);
        }

        return new(new(rows), new(counters), corrections);
    }

    private static async Task<(Numbers Rows, Numbers Counters)> CountAsync(
        NpgsqlTransaction transaction, Guid campaignId, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command("""
            with scanned as materialized (
                select kind, status, count(*) as n, count(replied_at) as replied from messages
                where campaign_id = $1 group by 1, 2
            ), counted as (
                select kind, status, n from scanned
                union all select kind, 100::smallint, sum(replied)::bigint from scanned where kind <> 0 group by 1
            )
            select kind, status, coalesce(r.n, 0), coalesce(k.n, 0)
            from counted r
            full join (select kind, status, n from campaign_counters where campaign_id = $1) k using (kind, status)
            """, campaignId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (rows, counters) = (new Numbers(), new Numbers());
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = ((MessageKind)reader.GetInt16(0), reader.GetInt16(1));
            (rows[key], counters[key]) = (reader.GetInt64(2), reader.GetInt64(3));
        }

        return (rows, counters);
    }

    [LoggerMessage(LogLevel.Warning,
        "Campaign {CampaignId}: the counter {Kind}/{Status} said {Counted}, the rows say {Rows}; corrected")]
    private partial void LogCorrected(Guid campaignId, MessageKind kind, short status, long counted, long rows);

    private sealed class Numbers : Dictionary<(MessageKind Kind, short Status), long>;
}

/// <param name="Rows">Counted from the rows.</param>
/// <param name="Counters">As they were.</param>
/// <param name="Corrections">What had to be added to the counters; empty if all was well.</param>
internal sealed record Recounted(
    Counters Rows, Counters Counters, IReadOnlyList<MessageRows.CounterDelta> Corrections);
