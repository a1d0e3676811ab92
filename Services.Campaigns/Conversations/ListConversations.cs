using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The people who have written, the latest first.</summary>
internal static class ListConversations
{
    /// <param name="search">Part of a name or number, as in the list of contacts.</param>
    /// <param name="awaiting">True: only those whose last message nobody has answered.</param>
    public static async Task<Results<Ok<Page<ConversationSummary>>, ValidationProblem>> HandleAsync(
        string? search, bool? awaiting, string? window, int? limit, string? cursor, HttpRequest request,
        NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read<Moment>(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var (text, open) = (form.Optional("search", search, 100), form.Choice<SessionWindow>("window", window));
        if (!form.IsValid)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var values = new SqlParameters();
        var condition = "c.last_inbound_at is not null"
            + (text is null ? ""
                : ContactFilter.NumberPart(text) is { } digits ? $" and strpos(c.phone, {values.Add(digits)}) > 0"
                : $" and strpos(c.names, {values.Add(Folded.Of(text))}) > 0")
            + (awaiting is not { } wanted ? "" : $" and {(wanted ? "" : "not ")}{ConversationRows.Awaiting}")
            + (open is null ? "" : $" and c.last_inbound_at {(open is SessionWindow.Open ? ">" : "<=")} "
                + values.Add(now - Contact.SessionTime));
        await using var count = database.Command(
            $"select count(*) from contacts c {(awaiting is null ? "" : ConversationRows.Answered)} where {condition}",
            values.ToArray());
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;

        var after = page.After is { } last
            ? $" and (c.last_inbound_at, c.id) < ({values.Add(last.At)}, {values.Add(last.Id)})" : "";
        var explain = new Explain(request.Language(), sandbox.Value);
        await using var command = database.Command($"""
            select c.id, c.phone, c.first_name, c.last_name, c.opted_out_at is not null, c.last_inbound_at,
                {ConversationRows.Unread}, {ConversationRows.Awaiting}, two.id, two.campaign_id, two.status, two.at,
                last.*
            from contacts c {ConversationRows.Answered}
            left join lateral (
                select m.id, m.campaign_id, m.status, {ConversationRows.At} as at from messages m
                where m.contact_id = c.id and m.kind = 2 order by m.created_at desc limit 1) two on true
            left join lateral (
                select * from ({ConversationRows.Thread("c.id")}) thread order by at desc, id desc limit 1) last on true
            where {condition}{after} order by c.last_inbound_at desc, c.id desc limit {page.Limit + 1}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<ConversationSummary>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(ConversationSummary.Read(reader, explain, now));
        }

        return TypedResults.Ok(page.Cut(items, item => new(item.LastInboundAt, item.ContactId), total));
    }

    private enum SessionWindow
    {
        Open,
        Closed,
    }
}

/// <param name="Window">The 24 hours after their last message.</param>
/// <param name="Last">The last line, theirs or ours.</param>
/// <param name="Unread">How many of their messages nobody has looked at.</param>
/// <param name="Awaiting">Nobody has answered their last message.</param>
/// <param name="Message2">Their latest Message 2: due, or what became of it.</param>
internal sealed record ConversationSummary(
    Guid ContactId, string Phone, string? FirstName, string? LastName, bool OptedOut, CustomerSession Window,
    ThreadItem? Last, DateTimeOffset LastInboundAt, long Unread, bool Awaiting,
    ConversationSummary.SecondMessage? Message2)
{
    internal sealed record SecondMessage(Guid MessageId, Guid CampaignId, MessageStatus Status, DateTimeOffset At);

    public static ConversationSummary Read(NpgsqlDataReader row, Explain explain, DateTimeOffset now)
    {
        var inbound = row.GetFieldValue<DateTimeOffset>(5);
        return new(
            row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3), row.GetBoolean(4),
            new(inbound + Contact.SessionTime > now, inbound + Contact.SessionTime),
            row.IsDBNull(12) ? null : ThreadItem.Read(row, explain, 12), inbound, row.GetInt64(6), row.GetBoolean(7),
            row.IsDBNull(8)
                ? null
                : new(row.GetGuid(8), row.GetGuid(9), (MessageStatus)row.GetInt16(10),
                    row.GetFieldValue<DateTimeOffset>(11)));
    }
}
