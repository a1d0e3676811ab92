using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Erases a person: the contact, what they wrote and rejected rows with their number are deleted, what was written to
/// them loses number and words. What was still waiting for them is cancelled. The statistics stay, and that the number has
/// opted out, if it has (<see cref="KeptOptOuts"/>).
/// </summary>
internal static class EraseContact
{
    private const int Tries = 3;

    /// <summary>Fewer digits are no number.</summary>
    private const int ShortestNumber = 7;

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Caller caller, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryEraseAsync(database, id, caller, clock.GetUtcNow(), cancellationToken)
                    ? TypedResults.NoContent()
                    : Problems.NotFound("contact", id);
            }
            catch (PostgresException exception)
                when (attempt < Tries && exception.SqlState
                    is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // A launch or a reply has just made another message for this person. Locking the contact first would
                // keep it out, but against the order in which everybody else locks. And the rest of the messages is
                // locked after the counters, which may cross with reports on them.
            }
        }
    }

    private static async Task<bool> TryEraseAsync(
        NpgsqlDataSource database, Guid id, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Files have the number in any spelling, with its country's code, a 0 after it or neither; its last digits are
        // always there, one after the other. Whoever shares them loses a row that nobody has corrected, and no contact.
        await transaction.ExecuteAsync($"""
            delete from contact_import_rejects r using contacts c
            where c.id = $1 and array_to_string(r.cells, ' ') ~ (
                select string_agg(digit, '\D*' order by place)
                from regexp_split_to_table(right(c.phone, {ShortestNumber}), '') with ordinality as last (digit, place))
            """, cancellationToken, id);
        await MessageRows.CancelWaitingAsync(transaction, "contact_id", id, now, cancellationToken);
        // Test messages name nobody but the number. Two look-ups by index, not one "or" that might scan.
        await transaction.ExecuteAsync("""
            with theirs as (
                select m.id from messages m
                where m.id in (
                    select id from messages where contact_id = $1
                    union
                    select t.id from messages t join contacts c on c.phone = t.phone where c.id = $1 and t.kind = 0)
                order by m.id for update
            )
            update messages m set contact_id = null, phone = '', text = null, variables = null
            from theirs where m.id = theirs.id
            """, cancellationToken, id);
        await KeptOptOuts.KeepAsync(transaction, id, cancellationToken);
        // Interactions go along, by their foreign key.
        var erased = await transaction.ExecuteAsync("delete from contacts where id = $1", cancellationToken, id) == 1;
        if (erased)
        {
            await ActivityEntry.Of(caller, "contact.erased", id, null, now).WriteAsync(transaction, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return erased;
    }
}
