using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Sign-ins and changes of users and keys, which only the gateway knows of. It calls here itself, and has no route to
/// this address for anybody else. What it repeats is known by its id.
/// </summary>
internal static class TakeNotes
{
    public static async Task<NoContent> HandleAsync(
        IReadOnlyList<Note> notes, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            insert into activity (id, at, user_name, address, action, subject_id, subject)
            select * from unnest(
                $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
            on conflict (id) do nothing
            """,
            notes.Select(note => note.Id).ToArray(), notes.Select(note => note.At).ToArray(),
            notes.Select(note => note.UserName).ToArray(), notes.Select(note => note.Address).ToArray(),
            notes.Select(note => note.Action).ToArray(), notes.Select(note => note.SubjectId).ToArray(),
            notes.Select(note => note.Subject).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <param name="Subject">The name of the user or of the key.</param>
    internal sealed record Note(
        Guid Id, DateTimeOffset At, string? UserName, string? Address, string Action, Guid? SubjectId, string? Subject);
}
