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

    /// <summary>What of a sender's is due, as far as its window has room: urgent messages first, then bulk.</summary>
    public static async Task<List<DueMessage>> PickDueAsync(
        NpgsqlTransaction transaction, DateTimeOffset now, Senders.Share share, CancellationToken cancellationToken)
    {
        var outstanding = await transaction.ScalarAsync<long>($"""
            select count(*) from messages m left join campaigns c on c.id = m.campaign_id
            where m.status = 2 and {share.Condition(Named, "$1")}
            """, cancellationToken, share.Value);
        var limit = share.Pace.Window - (int)outstanding;
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
            && await CampaignsInTurnAsync(transaction, now, share, cancellationToken) is { Length: > 0 } turns)
        {
            // First one message of each campaign, then a second of each, as far as the room goes. In each, a retry that
            // is due goes before what has not been tried: it was promised for that instant.
            due.AddRange(await PickAsync(transaction, """
                select picked.id
                from unnest($3) with ordinality as campaign (id, turn)
                cross join lateral (
                    select waiting.id, row_number() over (order by waiting.turn, waiting.next_attempt_at, waiting.id) as place
                    from (
                        (select m.id, m.next_attempt_at, 1 as turn from messages m
                         where m.campaign_id = campaign.id and m.kind = 1 and m.status = 1 and m.next_attempt_at <= $1
                         order by m.next_attempt_at, m.id limit $2)
                        union all
                        (select m.id, m.next_attempt_at, 2 from messages m
                         where m.campaign_id = campaign.id and m.kind = 1 and m.status = 0 and m.next_attempt_at <= $1
                         order by m.next_attempt_at, m.id limit $2)) waiting
                    order by waiting.turn, waiting.next_attempt_at, waiting.id limit $2) picked
                order by picked.place, campaign.turn limit $2
                """, cancellationToken, now, limit - due.Count, turns));
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

    /// <summary>A sender's running campaigns, but those in their quiet hours; whoever has waited longest first.</summary>
    private static async Task<Guid[]> CampaignsInTurnAsync(
        NpgsqlTransaction transaction, DateTimeOffset now, Senders.Share share, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command($"""
            select id, quiet_hours from campaigns where status = 'running' and {share.Condition("sender", "$1")}
            order by last_fed_at nulls first, id
            """, share.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var quiet = reader.IsDBNull(1) ? null
                : JsonSerializer.Deserialize<QuietHours>(reader.GetString(1), JsonSerializerOptions.Web);
            if (quiet?.Contains(now) is not true)
            {
                ids.Add(reader.GetGuid(0));
            }
        }

        return [.. ids];
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
