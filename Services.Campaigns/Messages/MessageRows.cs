using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// The rows of <c>messages</c> and the counters, moved together: whoever changes a row's status goes through here or
/// moves the counters in the same statement. Locks are taken in one order everywhere: messages by id, then counters,
/// then contacts, then campaigns.
/// </summary>
internal static class MessageRows
{
    /// <summary>The counter of rows that were replied to, beside those of <see cref="MessageStatus"/>.</summary>
    public const short RepliedCounter = 100;

    /// <summary>Of <c>messages m</c>, as <see cref="Read"/> expects them.</summary>
    public const string Columns = """
        m.id, m.campaign_id, m.contact_id, m.kind, m.phone, m.status, m.attempts, m.retries_used, m.next_attempt_at,
        m.provider_message_id, m.error_code, m.queued_at, m.expires_at, m.sent_at, m.delivered_at, m.read_at,
        m.failed_at, m.replied_at, m.timeline, m.alternative_message_id, m.provider
        """;

    public const int ColumnCount = 21;

    // A few hundred ids are many enough for the planner to prefer reading the whole table, as long as that is not large,
    // and to do so with every batch.
    private const string ByIndex = $"set local enable_seqscan = off; {Planner.ForSome}";

    /// <summary>Locks and reads the rows with these ids or these provider's ids, of either kind.</summary>
    public static async Task<List<CampaignMessage>> LockAsync(
        NpgsqlTransaction transaction, Guid[] ids, string[] providerMessageIds, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(ByIndex, cancellationToken);
        // Look-ups by index, not one "or" that might scan.
        return await ReadAsync(transaction.Command($"""
            select {Columns} from messages m
            where m.id in (
                select unnest($1) union select id from messages where provider_message_id = any($2)
                union select id from messages where alternative_message_id = any($2))
            order by m.id for update
            """, ids, providerMessageIds), cancellationToken);
    }

    public static async Task<List<CampaignMessage>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<CampaignMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(Read(reader));
        }

        return messages;
    }

    /// <summary>Reads the first <see cref="ColumnCount"/> columns, which are <see cref="Columns"/>.</summary>
    public static CampaignMessage Read(NpgsqlDataReader reader)
    {
        return new()
        {
            Id = reader.GetGuid(0),
            CampaignId = reader.IsDBNull(1) ? null : reader.GetGuid(1),
            ContactId = reader.IsDBNull(2) ? null : reader.GetGuid(2),
            Kind = (MessageKind)reader.GetInt16(3),
            Phone = reader.GetString(4),
            Status = (MessageStatus)reader.GetInt16(5),
            Attempts = reader.GetInt32(6),
            RetriesUsed = reader.GetInt32(7),
            NextAttemptAt = At(8),
            ProviderMessageId = Text(9),
            ErrorCode = Text(10),
            QueuedAt = At(11),
            ExpiresAt = At(12),
            SentAt = At(13),
            DeliveredAt = At(14),
            ReadAt = At(15),
            FailedAt = At(16),
            RepliedAt = At(17),
            Timeline = JsonSerializer.Deserialize<List<TimelineEntry>>(
                reader.GetString(18), JsonSerializerOptions.Web)!,
            AlternativeMessageId = Text(19),
            Provider = Text(20),
        };

        DateTimeOffset? At(int column) =>
            reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Writes changed rows back and moves the counters by what changed since they were read.</summary>
    public static async Task SaveAsync(
        NpgsqlTransaction transaction, IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var rows = changes.Select(change => change.Message).ToArray();
        await using (var update = new NpgsqlCommand("""
            update messages m set
                status = u.status, attempts = u.attempts, retries_used = u.retries_used,
                next_attempt_at = u.next_attempt_at, provider_message_id = u.provider_message_id,
                error_code = u.error_code, queued_at = u.queued_at, expires_at = u.expires_at, sent_at = u.sent_at,
                delivered_at = u.delivered_at, read_at = u.read_at, failed_at = u.failed_at,
                replied_at = u.replied_at, timeline = m.timeline || u.timeline,
                alternative_message_id = u.alternative_message_id, provider = u.provider
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as u (
                id, status, attempts, retries_used, next_attempt_at, provider_message_id, error_code, queued_at,
                expires_at, sent_at, delivered_at, read_at, failed_at, replied_at, timeline, alternative_message_id,
                provider)
            where m.id = u.id
            """, transaction.Connection, transaction))
        {
            Add(NpgsqlDbType.Uuid, rows.Select(row => row.Id).ToArray());
            Add(NpgsqlDbType.Smallint, rows.Select(row => (short)row.Status).ToArray());
            Add(NpgsqlDbType.Integer, rows.Select(row => row.Attempts).ToArray());
            Add(NpgsqlDbType.Integer, rows.Select(row => row.RetriesUsed).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.NextAttemptAt).ToArray());
            Add(NpgsqlDbType.Text, rows.Select(row => row.ProviderMessageId).ToArray());
            Add(NpgsqlDbType.Text, rows.Select(row => row.ErrorCode).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.QueuedAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.ExpiresAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.SentAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.DeliveredAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.ReadAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.FailedAt).ToArray());
            Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.RepliedAt).ToArray());
            // Only what is new: the rest need not be read and written again.
            Add(NpgsqlDbType.Jsonb, changes.Select(change => JsonSerializer.Serialize(
                change.Message.Timeline.Skip(change.Noted), JsonSerializerOptions.Web)).ToArray());
            Add(NpgsqlDbType.Text, rows.Select(row => row.AlternativeMessageId).ToArray());
            Add(NpgsqlDbType.Text, rows.Select(row => row.Provider).ToArray());
            await update.ExecuteNonQueryAsync(cancellationToken);

            void Add(NpgsqlDbType type, object values) =>
                update.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }

        await MoveCountersAsync(transaction, Deltas(changes), cancellationToken);
    }

    /// <summary>Adds the deltas to the counters, in the order of their keys: two batches never deadlock.</summary>
    public static async Task MoveCountersAsync(
        NpgsqlTransaction transaction, IEnumerable<CounterDelta> deltas, CancellationToken cancellationToken)
    {
        var moves = deltas.Where(delta => delta.N != 0).ToArray();
        if (moves.Length == 0)
        {
            return;
        }

        await transaction.ExecuteAsync("""
            insert into campaign_counters as c (campaign_id, kind, status, n)
            select * from unnest($1, $2, $3, $4) as d (campaign_id, kind, status, n) order by 1, 2, 3
            on conflict (campaign_id, kind, status) do update set n = c.n + excluded.n
            """, cancellationToken,
            moves.Select(move => move.CampaignId).ToArray(), moves.Select(move => (short)move.Kind).ToArray(),
            moves.Select(move => move.Status).ToArray(), moves.Select(move => move.N).ToArray());
    }

    /// <summary>Cancels what waits for a campaign or contact (<paramref name="column"/>), 10,000 at a time.</summary>
    public static Task CancelWaitingAsync(
        NpgsqlTransaction transaction, string column, Guid id, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.ExecuteAsync($"""
            with waiting as (
                select id, status from messages where {column} = $1 and status in (0, 1)
                order by id limit 10000 for update
            ), moved as (
                update messages m set status = 8, next_attempt_at = null, timeline = timeline || jsonb_build_object(
                    'at', $2::timestamptz, 'event', 'cancelled', 'attempt', m.attempts, 'detail', null)
                from waiting w where m.id = w.id
                returning m.campaign_id, m.kind, w.status as was
            ), delta as (
                select campaign_id, kind, was as status, -count(*) as n from moved group by 1, 2, 3
                union all select campaign_id, kind, 8, count(*) from moved group by 1, 2
            )
            insert into campaign_counters as c (campaign_id, kind, status, n)
            select campaign_id, kind, status, n from delta where kind in (1, 2) order by 1, 2, 3
            on conflict (campaign_id, kind, status) do update set n = c.n + excluded.n
            """, cancellationToken, id, now);

    /// <summary>
    /// What the counters have to move by. Tests and what is written by hand stay outside the statistics.
    /// </summary>
    internal static IEnumerable<CounterDelta> Deltas(IEnumerable<Change> changes) => changes
        .Where(change => change.Message.Counts)
        .SelectMany(change => change.Deltas())
        .GroupBy(delta => (delta.CampaignId, delta.Kind, delta.Status))
        .Select(group => new CounterDelta(
            group.Key.CampaignId, group.Key.Kind, group.Key.Status, group.Sum(delta => delta.N)));

    internal sealed record CounterDelta(Guid CampaignId, MessageKind Kind, short Status, long N);

    /// <summary>A row, what the counters knew of it, and how many entries its timeline had.</summary>
    internal sealed record Change(CampaignMessage Message, MessageStatus Was, bool HadReply, int Noted)
    {
        public static Change Begin(CampaignMessage message) =>
            new(message, message.Status, message.RepliedAt is not null, message.Timeline.Count);

        public IEnumerable<CounterDelta> Deltas()
        {
            var campaign = Message.CampaignId!.Value; // what counts has one
            yield return new(campaign, Message.Kind, (short)Was, -1);
            yield return new(campaign, Message.Kind, (short)Message.Status, 1);
            if (!HadReply && Message.RepliedAt is not null)
            {
                yield return new(campaign, Message.Kind, RepliedCounter, 1);
            }
        }
    }
}
