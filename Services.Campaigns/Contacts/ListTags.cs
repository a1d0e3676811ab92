using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The tags in use, the most frequent first.</summary>
internal static class ListTags
{
    private const int Most = 200;

    public static async Task<Ok<List<TagAnswer>>> HandleAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(Planner.ForAll, cancellationToken);
        await using var command = transaction.Command("""
            select tag, count(*) from contacts, unnest(tags) as tag group by 1 order by 2 desc, 1 limit $1
            """, Most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tags = new List<TagAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tags.Add(new(reader.GetString(0), reader.GetInt64(1)));
        }

        return TypedResults.Ok(tags);
    }
}

/// <param name="Contacts">How many have it.</param>
internal sealed record TagAnswer(string Tag, long Contacts);
