using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Erases a person: the contact and what they wrote are deleted, what was written to them loses number and words. What
/// was still waiting for them is cancelled. The statistics stay.
/// </summary>
internal static class EraseContact
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ForgetMessagesAsync(transaction, id, clock.GetUtcNow(), cancellationToken);
        // Interactions go along, by their foreign key.
        if (await transaction.ExecuteAsync("delete from contacts where id = $1", cancellationToken, id) == 0)
        {
            return Problems.NotFound("contact", id);
        }

        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task ForgetMessagesAsync(
        NpgsqlTransaction transaction, Guid contactId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await MessageRows.CancelWaitingAsync(transaction, "contact_id", contactId, now, cancellationToken);
        await transaction.ExecuteAsync("""
            update messages set contact_id = null, phone = '', text = null, variables = null where contact_id = $1
            """, cancellationToken, contactId);
    }
}
