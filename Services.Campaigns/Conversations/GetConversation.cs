using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>All that was written to a person and by them, newest first.</summary>
internal static class GetConversation
{
    public static async Task<Results<Ok<ConversationAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid contactId, int? limit, string? cursor, HttpRequest request, CampaignsDbContext db,
        NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read<Moment>(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        if (await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.Id == contactId, cancellationToken)
            is not { } contact)
        {
            return Problems.NotFound("contact", contactId);
        }

        var now = clock.GetUtcNow();
        var explain = new Explain(request.Language(), sandbox.Value);
        var (total, unread, awaiting) = await CountAsync(database, contactId, cancellationToken);
        var items = await ReadAsync(database, contactId, page, explain, cancellationToken);
        var cut = page.Cut(items, item => new(item.At, item.Id), total);
        return TypedResults.Ok(new ConversationAnswer(
            ContactAnswer.Of(contact, now), unread, awaiting, Writable.To(contact, explain, now), cut.Items,
            cut.NextCursor, total));
    }

    /// <summary>One line; null if there is none with this id.</summary>
    public static async Task<ThreadItem?> FindAsync(
        NpgsqlDataSource database, Guid contactId, Guid id, Explain explain, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"select * from ({ConversationRows.Thread("$1")}) thread where id = $2", contactId, id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ThreadItem.Read(reader, explain) : null;
    }

    private static async Task<(long Total, long Unread, bool Awaiting)> CountAsync(
        NpgsqlDataSource database, Guid contactId, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select (select count(*) from interactions where contact_id = $1)
                    + (select count(*) from messages where contact_id = $1 and kind <> 0),
                {ConversationRows.Unread}, {ConversationRows.Awaiting}
            from contacts c {ConversationRows.Answered} where c.id = $1
            """, contactId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2))
            : default; // erased meanwhile
    }

    private static async Task<List<ThreadItem>> ReadAsync(
        NpgsqlDataSource database, Guid contactId, PageRequest<Moment> page, Explain explain,
        CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select * from ({ConversationRows.Thread("$1")}) thread
            where $2::timestamptz is null or (at, id) < ($2::timestamptz, $3::uuid)
            order by at desc, id desc limit $4
            """, contactId, page.After?.At, page.After?.Id, page.Limit + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<ThreadItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(ThreadItem.Read(reader, explain));
        }

        return items;
    }
}

/// <param name="Unread">How many of the person's messages nobody has looked at.</param>
/// <param name="Awaiting">Nobody has answered the person's last message.</param>
internal sealed record ConversationAnswer(
    ContactAnswer Contact, long Unread, bool Awaiting, Writable CanWrite, IReadOnlyList<ThreadItem> Items,
    string? NextCursor, long Total);
