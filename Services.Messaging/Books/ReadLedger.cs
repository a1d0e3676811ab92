using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

internal static class ReadLedger
{
    private const int Most = 10_000;

    private const string Columns = "message_id, attempt, state, provider_message_id, changed_at";

    /// <summary>
    /// A campaign's attempts in the order of message and number, those after <paramref name="message"/> and
    /// <paramref name="attempt"/>; fewer than <paramref name="limit"/> are the last.
    /// </summary>
    public static async Task<Results<Ok<List<LedgerEntry>>, ValidationProblem>> PageAsync(
        Guid campaignId, Guid? message, int? attempt, int limit, NpgsqlDataSource database,
        CancellationToken cancellationToken) =>
        limit is < 1 or > Most
            ? Problems.Field("limit", $"A page has 1 to {Most} attempts.")
            : TypedResults.Ok(await ReadAsync(database.Command($"""
                select {Columns} from send_attempts
                where campaign_id = $1 and (message_id, attempt) > ($2, $3)
                order by message_id, attempt limit $4
                """, campaignId, message ?? Guid.Empty, attempt ?? 0, limit), cancellationToken));

    /// <summary>All attempts of these messages, whatever their campaign.</summary>
    public static async Task<Results<Ok<List<LedgerEntry>>, ValidationProblem>> OfMessagesAsync(
        Guid[] messages, NpgsqlDataSource database, CancellationToken cancellationToken) =>
        messages.Length > Most
            ? Problems.Field("body", $"Ask for at most {Most} messages.")
            : TypedResults.Ok(await ReadAsync(database.Command($"""
                select {Columns} from send_attempts where message_id = any($1) order by message_id, attempt
                """, (object)messages), cancellationToken));

    private static async Task<List<LedgerEntry>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var owned = command;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<LedgerEntry>();
        while (await row.ReadAsync(cancellationToken))
        {
            entries.Add(new(
                row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3),
                row.GetFieldValue<DateTimeOffset>(4)));
        }

        return entries;
    }
}
