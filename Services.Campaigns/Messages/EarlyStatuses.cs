using Contracts;
using Npgsql;
using ServiceDefaults;
using static Services.Campaigns.MessageBook;

namespace Services.Campaigns;

/// <summary>
/// A status that names only the provider's id can come before the answer that tells us whose id that is. It is kept
/// aside, and entered together with the acceptance.
/// </summary>
internal static class EarlyStatuses
{
    public static async Task<List<Entry>> TakeAsync(
        NpgsqlTransaction transaction, IEnumerable<Entry> batch, CancellationToken cancellationToken)
    {
        var accepted = Acceptances(batch);
        var early = new List<Entry>();
        if (accepted.Count == 0)
        {
            return early;
        }

        await using var command = transaction.Command("""
            delete from early_statuses where provider_message_id = any($1)
            returning provider_message_id, status, received_at
            """, (object)accepted.Keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var providerId = reader.GetString(0);
            var (id, attempt) = accepted[providerId];
            early.Add(new(id, new MessageReport.Status(
                attempt, (DeliveryStatus)reader.GetInt16(1), providerId, reader.GetFieldValue<DateTimeOffset>(2))));
        }

        return early;
    }

    /// <summary>The batch, in which a status whose acceptance is in it too knows its message.</summary>
    public static IEnumerable<Entry> MeetAcceptances(IReadOnlyCollection<Entry> batch)
    {
        var accepted = Acceptances(batch);
        return batch.Select(entry => entry is { Key.Id: null, Report: MessageReport.Status status }
            && accepted.TryGetValue(status.ProviderMessageId, out var message)
                ? new(message.Id, status with { Attempt = message.Attempt })
                : entry);
    }

    public static async Task KeepAsync(
        NpgsqlTransaction transaction, IEnumerable<Entry> unknown, CancellationToken cancellationToken)
    {
        var statuses = unknown.Where(entry => entry.Key.Id is null)
            .Select(entry => entry.Report).OfType<MessageReport.Status>().ToArray();
        if (statuses.Length == 0)
        {
            return;
        }

        await transaction.ExecuteAsync("""
            insert into early_statuses (provider_message_id, status, received_at)
            select * from unnest($1, $2, $3) on conflict do nothing
            """, cancellationToken,
            statuses.Select(status => status.ProviderMessageId).ToArray(),
            statuses.Select(status => (short)status.Value).ToArray(),
            statuses.Select(status => status.At).ToArray());
    }

    private static Dictionary<string, (Guid Id, int Attempt)> Acceptances(IEnumerable<Entry> batch)
    {
        var accepted = new Dictionary<string, (Guid, int)>(StringComparer.Ordinal);
        foreach (var entry in batch)
        {
            if (entry is { Key.Id: { } id, Report: MessageReport.Accepted acceptance })
            {
                accepted[acceptance.ProviderMessageId] = (id, acceptance.Attempt);
            }
        }

        return accepted;
    }
}
