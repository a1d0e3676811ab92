using Contracts;
using Npgsql;
using ServiceDefaults;
using static Services.Campaigns.MessageBook;

namespace Services.Campaigns;

/// <summary>
/// A status that names only the provider's id can come before the answer that tells us whose id that is. It is kept
/// aside, and entered together with the acceptance. Where the two are entered by different processes at the same time,
/// neither sees the other; so both look again once they have committed, and whoever is last sees it.
/// </summary>
internal static class EarlyStatuses
{
    /// <summary>How long a status may wait for its acceptance; after that it is not one of ours.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(2);

    private const int PruneChunk = 10_000;

    /// <summary>What was kept for these messages, which are in <paramref name="known"/> by the provider's id.</summary>
    public static async Task<List<Entry>> TakeAsync(
        NpgsqlTransaction transaction, IReadOnlyDictionary<string, MessageAttempt> known,
        CancellationToken cancellationToken)
    {
        var early = new List<Entry>();
        if (known.Count == 0)
        {
            return early;
        }

        await using var command = transaction.Command("""
            delete from early_statuses where provider_message_id = any($1) or alternative_id = any($1)
            returning provider_message_id, status, received_at, alternative_id
            """, (object)known.Keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (providerId, alternative) = (reader.GetString(0), reader.IsDBNull(3) ? null : reader.GetString(3));
            var (id, attempt) = known.TryGetValue(providerId, out var message) ? message : known[alternative!];
            var status = new MessageReport.Status(
                attempt, (DeliveryStatus)reader.GetInt16(1), providerId, reader.GetFieldValue<DateTimeOffset>(2));
            early.Add(new(id, status with { AlternativeId = alternative }));
        }

        return early;
    }

    /// <summary>The batch, in which a status whose acceptance is in it too knows its message.</summary>
    public static IEnumerable<Entry> MeetAcceptances(IReadOnlyCollection<Entry> batch)
    {
        var accepted = Acceptances(batch);
        return batch.Select(entry => entry is { Key.Id: null, Report: MessageReport.Status status }
            && (accepted.TryGetValue(status.ProviderMessageId, out var message)
                || accepted.TryGetValue(status.AlternativeId ?? "", out message))
                ? new(message.Id, status with { Attempt = message.Attempt })
                : entry);
    }

    /// <summary>Keeps the statuses among the reports on no known message; the answer is their provider's ids.</summary>
    public static async Task<string[]> KeepAsync(
        NpgsqlTransaction transaction, IEnumerable<Entry> unknown, CancellationToken cancellationToken)
    {
        var statuses = unknown.Where(entry => entry.Key.Id is null)
            .Select(entry => entry.Report).OfType<MessageReport.Status>().ToArray();
        if (statuses.Length == 0)
        {
            return [];
        }

        var providerIds = statuses.Select(status => status.ProviderMessageId).ToArray();
        await transaction.ExecuteAsync("""
            insert into early_statuses (provider_message_id, status, received_at, alternative_id)
            select * from unnest($1, $2, $3, $4::text[]) order by 1, 2 on conflict do nothing
            """, cancellationToken,
            providerIds,
            statuses.Select(status => (short)status.Value).ToArray(),
            statuses.Select(status => status.At).ToArray(),
            statuses.Select(status => status.AlternativeId).ToArray());
        return providerIds;
    }

    /// <summary>Kept ones whose message is known after all; empty but where two processes met.</summary>
    public static async Task<Dictionary<string, MessageAttempt>> FindMetAsync(
        NpgsqlDataSource database, string[] providerIds, CancellationToken cancellationToken)
    {
        var met = new Dictionary<string, MessageAttempt>(StringComparer.Ordinal);
        if (providerIds.Length == 0)
        {
            return met;
        }

        await using var command = database.Command("""
            select e.provider_message_id, m.id from early_statuses e
            join messages m on m.provider_message_id = any(array[e.provider_message_id, e.alternative_id])
            where e.provider_message_id = any($1) or e.alternative_id = any($1)
            """, (object)providerIds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            met[reader.GetString(0)] = new(reader.GetGuid(1), null);
        }

        return met;
    }

    /// <summary>Forgets what nobody has claimed within <see cref="Patience"/>.</summary>
    public static Task PruneAsync(
        NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteInChunksAsync("""
            delete from early_statuses where (provider_message_id, status) in (
                select provider_message_id, status from early_statuses where received_at < $2
                order by 1, 2 limit $1 for update skip locked)
            """, PruneChunk, cancellationToken, now - Patience);

    public static Dictionary<string, MessageAttempt> Acceptances(IEnumerable<Entry> batch)
    {
        var accepted = new Dictionary<string, MessageAttempt>(StringComparer.Ordinal);
        foreach (var entry in batch)
        {
            if (entry is { Key.Id: { } id, Report: MessageReport.Accepted acceptance })
            {
                accepted[acceptance.ProviderMessageId] = new(id, acceptance.Attempt);
            }
        }

        return accepted;
    }
}

/// <summary>Whose a provider's id is. Without an attempt, the message's latest.</summary>
internal readonly record struct MessageAttempt(Guid Id, int? Attempt);
