using Contracts;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Reads what people wrote from the provider's list, and says it as the webhook would have, once: under the same id, so
/// that the webhook may still bring it.
/// </summary>
internal sealed class InboundRecovery(
    NpgsqlDataSource database, Outbox outbox, IMessageProvider provider, TimeProvider clock)
{
    /// <summary>How far back the first reading goes: what is older opens no window any more.</summary>
    private static readonly TimeSpan FirstReading = TimeSpan.FromHours(24);

    /// <summary>Readings overlap: the list may be behind, and its clock is not ours.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>Longer than any overlap.</summary>
    private static readonly TimeSpan KeepSeen = TimeSpan.FromDays(2);

    /// <summary>One sender's, since the last reading, or since webhooks were last known to reach us.</summary>
    public async Task RecoverAsync(string sender, CancellationToken cancellationToken)
    {
        var (now, since) = await SinceAsync(sender, cancellationToken);
        var found = new List<ProviderMessage>();
        await foreach (var page in provider.ListAsync(new(null, sender, since), cancellationToken))
        {
            found.AddRange(page.Where(
                message => message.Inbound && message.To == sender && !(message.CreatedAt < since)));
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var news = await NewsAsync(transaction, found, cancellationToken);
        foreach (var message in found.Where(message => news.Remove(message.ProviderMessageId))
            .OrderBy(message => message.CreatedAt))
        {
            await Outbox.AddAsync(transaction, new MessageReceived
            {
                Provider = provider.Name,
                ProviderMessageId = message.ProviderMessageId,
                From = message.From,
                To = message.To,
                Text = message.Text?.Replace("\0", "") ?? "",
                MediaCount = message.MediaCount,
                ReceivedAt = message.CreatedAt ?? clock.GetUtcNow(),
                Asked = true,
            }, cancellationToken, message.EventId);
        }

        await transaction.ExecuteAsync("""
            insert into inbound_cursors as c (sender, read_to) values ($1, $2)
            on conflict (sender) do update set read_to = greatest(c.read_to, excluded.read_to)
            """, cancellationToken, sender, now);
        await transaction.ExecuteAsync(
            "delete from inbound_seen where seen_at < clock_timestamp() - $1", cancellationToken, KeepSeen);
        await transaction.CommitAsync(cancellationToken);
        outbox.Committed();
    }

    private async Task<(DateTimeOffset Now, DateTimeOffset Since)> SinceAsync(
        string sender, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select now, coalesce(greatest(
                (select read_to from inbound_cursors where sender = $1),
                (select well_at from webhook_checks where provider = $2)), now - $3) - $4
            from clock_timestamp() as now
            """, sender, provider.Name, FirstReading, Overlap);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset>(1));
    }

    private static async Task<HashSet<string>> NewsAsync(
        NpgsqlTransaction transaction, List<ProviderMessage> found, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command("""
            insert into inbound_seen (provider_message_id) select unnest($1::text[])
            on conflict do nothing returning provider_message_id
            """, (object)found.Select(message => message.ProviderMessageId).Order(StringComparer.Ordinal).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var news = new HashSet<string>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            news.Add(row.GetString(0));
        }

        return news;
    }
}
