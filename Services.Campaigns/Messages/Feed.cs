using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Services.Campaigns;

/// <summary>
/// Decides what goes next: replies and tests ahead of all bulk messages, then the running campaigns in turn. Only one
/// process feeds at a time; what it decides is committed before it is published.
/// </summary>
internal sealed class Feed(NpgsqlDataSource database, IOptions<SendingOptions> sending, IOptions<SandboxOptions> sandbox, TimeProvider clock)
{
    /// <summary>Taken while feeding, and by whoever pauses or cancels: after that nothing new is fed.</summary>
    public const string Lock = "select pg_advisory_xact_lock(hashtext('feed'))";

    private const string TryLock = "select pg_try_advisory_xact_lock(hashtext('feed'))";

    /// <summary>How long after its end an unanswered order is given up as lost on the way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public async Task<List<Order>> NextAsync(CancellationToken cancellationToken)
    {
        var orders = new List<Order>();
        while (await NextAsync(orders, cancellationToken))
        {
        }

        return orders;
    }

    /// <summary>One transaction; true if rows were skipped, so that there is room for others.</summary>
    private async Task<bool> NextAsync(List<Order> orders, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await transaction.ScalarAsync<bool>(TryLock, cancellationToken))
        {
            return false;
        }

        var lost = await PickAsync(
            "select id from messages where status = 2 and expires_at < $1 order by expires_at limit $2",
            now - Grace, sending.Value.Window);
        var room = sending.Value.Window - (int)await transaction.ScalarAsync<long>(
            "select count(*) from messages where status = 2", cancellationToken);
        var due = room <= 0 ? [] : await PickAsync("""
            select m.id from messages m join campaigns c on c.id = m.campaign_id
            where m.status in (0, 1) and m.kind <> 1 and m.next_attempt_at <= $1
              and (m.kind = 0 or c.status in ('running', 'completed'))
            order by m.next_attempt_at, m.id limit $2
            """, now, room);
        if (room > due.Count)
        {
            due.AddRange(await PickBulkAsync(room - due.Count));
        }

        var changes = lost.Concat(due).Select(row => MessageRows.Change.Begin(row.Message)).ToList();
        foreach (var row in lost)
        {
            row.Message.ExpiresAt = now + sending.Value.OrderLifetime;
        }

        foreach (var row in due)
        {
            row.Message.Apply(ReasonToSkip(row, now) is { } reason
                ? new MessageReport.Skipped(reason, now)
                : new MessageReport.Queued(now + sending.Value.OrderLifetime, now));
        }

        await MessageRows.SaveAsync(transaction, changes, cancellationToken);
        await TakeTurnsAsync([.. due.Select(row => row.Message.CampaignId).Distinct()]);
        await transaction.CommitAsync(cancellationToken);

        orders.AddRange(lost.Concat(due)
            .Where(row => row.Message.Status == MessageStatus.Queued).Select(row => row.ToOrder(sandbox.Value.Number)));
        return due.Exists(row => row.Message.Status == MessageStatus.Skipped);

        // Each campaign in its turn: first one message of each, then a second of each, as far as the room goes.
        async Task<List<Row>> PickBulkAsync(int limit)
        {
            var turns = await CampaignsInTurnAsync();
            return turns.Length == 0 ? [] : await PickAsync("""
                select picked.id
                from unnest($3) with ordinality as campaign (id, turn)
                cross join lateral (
                    select m.id, row_number() over (order by m.next_attempt_at, m.id) as place from messages m
                    where m.campaign_id = campaign.id and m.kind = 1 and m.status in (0, 1) and m.next_attempt_at <= $1
                    order by m.next_attempt_at, m.id limit $2) picked
                order by picked.place, campaign.turn limit $2
                """, now, limit, turns);
        }

        async Task<Guid[]> CampaignsInTurnAsync()
        {
            await using var command = transaction.Command("""
                select id, quiet_hours from campaigns where status = 'running' order by last_fed_at nulls first, id
                """);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var ids = new List<Guid>();
            while (await reader.ReadAsync(cancellationToken))
            {
                var quiet = reader.IsDBNull(1) ? null
                    : JsonSerializer.Deserialize<QuietHours>(reader.GetString(1), JsonSerializerOptions.Web);
                if (quiet?.Contains(now) != true)
                {
                    ids.Add(reader.GetGuid(0));
                }
            }

            return [.. ids];
        }

        async Task TakeTurnsAsync(Guid[] campaigns)
        {
            if (campaigns.Length > 0)
            {
                await transaction.ExecuteAsync(
                    "update campaigns set last_fed_at = $1 where id = any($2)", cancellationToken, now, campaigns);
            }
        }

        async Task<List<Row>> PickAsync(string ids, params object[] values)
        {
            await using var command = transaction.Command($"""
                select {MessageRows.Columns}, m.variables, m.text, coalesce(m.trace_parent, c.trace_parent),
                    coalesce(c.content_sid, t.content_sid), c.sender, ct.opted_out_at, ct.last_inbound_at
                from messages m join campaigns c on c.id = m.campaign_id join templates t on t.id = c.template_id
                left join contacts ct on ct.id = m.contact_id
                where m.id in ({ids})
                order by m.id for update of m skip locked
                """, values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<Row>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Row.Read(reader));
            }

            return rows;
        }
    }

    private static string? ReasonToSkip(Row row, DateTimeOffset now) => row switch
    {
        { OptedOut: true } => SkipReasons.OptedOut,
        { Text: not null } when !(row.LastInboundAt + Contact.SessionTime > now) => SkipReasons.NoOpenSession,
        _ => null,
    };

    private sealed record Row(
        CampaignMessage Message, Dictionary<string, string>? Variables, string? Text, string? TraceParent,
        string ContentSid, string? Sender, bool OptedOut, DateTimeOffset? LastInboundAt)
    {
        public static Row Read(NpgsqlDataReader reader)
        {
            const int next = MessageRows.ColumnCount;
            return new(
                MessageRows.Read(reader),
                TextAt(next) is { } json ? JsonSerializer.Deserialize<Dictionary<string, string>>(json) : null,
                TextAt(next + 1), TextAt(next + 2), reader.GetString(next + 3), TextAt(next + 4),
                !reader.IsDBNull(next + 5),
                reader.IsDBNull(next + 6) ? null : reader.GetFieldValue<DateTimeOffset>(next + 6));

            string? TextAt(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        }

        public Order ToOrder(string defaultSender) => new(
            new()
            {
                MessageId = Message.Id,
                Attempt = Message.Attempts,
                RetriesUsed = Message.RetriesUsed,
                From = Sender ?? defaultSender, // a test of a draft has none yet
                To = Message.Phone,
                Urgent = Message.Kind != MessageKind.Message1,
                Template = Variables is null ? null : new(ContentSid, Variables),
                Text = Text,
                ExpiresAt = Message.ExpiresAt!.Value,
            },
            TraceParent);
    }
}
