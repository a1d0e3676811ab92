using System.Text.Json;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A locked row that is due, and what its order needs besides.</summary>
internal sealed record DueMessage(
    CampaignMessage Message, Dictionary<string, string>? Variables, string? Text, string? TraceParent,
    string? ContentSid, string? Language, string? Sender, bool Halted, bool OptedOut, DateTimeOffset? LastInboundAt)
{
    /// <summary>The sender that a row names, or its campaign; null: the main one.</summary>
    private const string Named = "coalesce(m.sender, c.sender)";

    /// <summary>
    /// The campaign was halted, or the person erased or opted out, while an order was out: repeated now, it must only
    /// ask what became of the first one.
    /// </summary>
    public bool MayOnlyAsk => Halted || OptedOut || Message.Phone.Length == 0;

    /// <summary>Orders that nobody has answered and that are void since <paramref name="since"/>.</summary>
    public static Task<List<DueMessage>> PickLostAsync(
        NpgsqlTransaction transaction, DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        PickAsync(
            transaction, "select id from messages where status = 2 and expires_at < $1 order by expires_at limit $2",
            cancellationToken, since, limit);

    /// <summary>
    /// What of a sender's is due, as far as its window has room, and not more than <paramref name="most"/>: urgent
    /// messages first, then bulk.
    /// </summary>
    public static async Task<List<DueMessage>> PickDueAsync(
        NpgsqlTransaction transaction, DateTimeOffset now, Senders.Share share, int most,
        CancellationToken cancellationToken)
    {
        var outstanding = await transaction.ScalarAsync<long>($"""
            select count(*) from messages m left join campaigns c on c.id = m.campaign_id
            where m.status = 2 and {share.Condition(Named, "$1")}
            """, cancellationToken, share.Value);
        var limit = Math.Min(share.Pace.Window - (int)outstanding, most);
        if (limit <= 0)
        {
            return [];
        }

        var due = await PickAsync(transaction, $"""
            select m.id from messages m left join campaigns c on c.id = m.campaign_id
            where m.status in (0, 1) and m.kind <> 1 and m.next_attempt_at <= $1
              and (m.kind in (0, 3) or c.status in ('running', 'completed')) and {share.Condition(Named, "$3")}
            order by m.next_attempt_at, m.id limit $2
            """, cancellationToken, now, limit, share.Value);
        if (due.Count < limit
            && await LinesInTurnAsync(transaction, now, share, cancellationToken) is { Count: > 0 } lines)
        {
            // Each with its own part of the index: those for whom it is quiet are not looked at, however many they are.
            string DueIn(string line, int status) => $"""
                (select m.id, m.next_attempt_at, m.status from messages m
                 where m.campaign_id = line.campaign_id and {line} and m.kind = 1 and m.status = {status}
                   and m.next_attempt_at <= $1
                 order by m.next_attempt_at, m.id limit $2)
                """;
            // First one message of each campaign, then a second of each, as far as the room goes. In each, a retry that
            // is due goes before what has not been tried: it was promised for that instant.
            due.AddRange(await PickAsync(transaction, $"""
                select waiting.id
                from (
                    select due.id, line.turn, row_number() over (
                        partition by line.campaign_id order by due.status desc, due.next_attempt_at, due.id) as place
                    from unnest($3, $4, $5) as line (campaign_id, region, turn)
                    cross join lateral (
                        {DueIn("line.region is null", 1)} union all {DueIn("line.region is null", 0)} union all
                        {DueIn("m.region = line.region", 1)} union all {DueIn("m.region = line.region", 0)}) due
                ) waiting
                order by waiting.place, waiting.turn limit $2
                """, cancellationToken, now, limit - due.Count, lines.Select(line => line.Campaign).ToArray(),
                lines.Select(line => line.Region).ToArray(), lines.Select(line => line.Turn).ToArray()));
        }

        return due;
    }

    /// <summary>Why it must not be sent now; null if it may.</summary>
    public string? ReasonToSkip(DateTimeOffset now) => this switch
    {
        { OptedOut: true } => SkipReasons.OptedOut,
        { Text: not null } when !(LastInboundAt + Contact.SessionTime > now) => SkipReasons.NoOpenSession,
        _ => null,
    };

    /// <param name="defaultSender">For what names none, such as a test of a draft.</param>
    /// <param name="expiresAt">When the order is void; Messaging answers one that already is without sending.</param>
    public Order ToOrder(string defaultSender, DateTimeOffset expiresAt) => new(
        new()
        {
            MessageId = Message.Id,
            CampaignId = Message.CampaignId,
            Attempt = Message.Attempts,
            RetriesUsed = Message.RetriesUsed,
            From = Sender ?? defaultSender,
            To = Message.Phone,
            Urgent = Message.Kind is not MessageKind.Message1,
            Template = Variables is null ? null : new(ContentSid!, Variables) { Language = Language },
            Text = Text,
            ExpiresAt = expiresAt,
        },
        TraceParent);

    /// <summary>
    /// A sender's running campaigns, but those in their quiet hours; whoever has waited longest first. One whose quiet
    /// hours are each person's own has a line for each region where it is not quiet.
    /// </summary>
    private static async Task<List<(Guid Campaign, string? Region, int Turn)>> LinesInTurnAsync(
        NpgsqlTransaction transaction, DateTimeOffset now, Senders.Share share, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command($"""
            select id, quiet_hours, regions from campaigns
            where status = 'running' and {share.Condition("sender", "$1")}
            order by last_fed_at nulls first, id
            """, share.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<(Guid, string?, int)>();
        for (var turn = 0; await reader.ReadAsync(cancellationToken); turn++)
        {
            var quiet = reader.IsDBNull(1) ? null
                : JsonSerializer.Deserialize<QuietHours>(reader.GetString(1), JsonSerializerOptions.Web);
            string?[]? regions = quiet is { PerContact: true }
                ? reader.IsDBNull(2) ? [] : reader.GetFieldValue<string[]>(2)
                : null;
            lines.AddRange((regions ?? [null]).Where(region => quiet?.Contains(now, region) is not true)
                .Select(region => (reader.GetGuid(0), region, turn)));
        }

        return lines;
    }

    private static async Task<List<DueMessage>> PickAsync(
        NpgsqlTransaction transaction, string ids, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = transaction.Command($"""
            select {MessageRows.Columns}, m.variables, m.text, coalesce(m.trace_parent, c.trace_parent),
                coalesce(m.content_sid, {Variant.Frozen("c", "contentSid")}, c.content_sid, t.content_sid),
                coalesce(m.language, {Variant.Frozen("c", "language")}, c.language, t.language), {Named},
                m.kind <> 0 and coalesce(c.status in ('paused', 'cancelled'), false), ct.opted_out_at is not null, ct.last_inbound_at
            from messages m
            left join campaigns c on c.id = m.campaign_id left join templates t on t.id = c.template_id
            left join contacts ct on ct.id = m.contact_id
            where m.id in ({ids})
            order by m.id for update of m skip locked
            """, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var picked = new List<DueMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            const int next = MessageRows.ColumnCount;
            picked.Add(new(
                MessageRows.Read(reader),
                TextAt(next) is { } json ? JsonSerializer.Deserialize<Dictionary<string, string>>(json) : null,
                TextAt(next + 1), TextAt(next + 2), TextAt(next + 3), TextAt(next + 4), TextAt(next + 5),
                reader.GetBoolean(next + 6), reader.GetBoolean(next + 7),
                reader.IsDBNull(next + 8) ? null : reader.GetFieldValue<DateTimeOffset>(next + 8)));
        }

        return picked;

        string? TextAt(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
