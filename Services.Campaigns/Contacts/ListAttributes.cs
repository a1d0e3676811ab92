using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The names of what contacts have besides their own fields, the most frequent first.</summary>
internal static class ListAttributes
{
    private const int Most = 200;

    /// <summary>
    /// Taking apart what a million people have takes more than a second: of more than these about as many are looked
    /// at, and the newest, so that a file that has just come in can be used.
    /// </summary>
    private const long Sample = 200_000;

    private const int Newest = 1000;

    public static async Task<Ok<List<AttributeAnswer>>> HandleAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(Planner.ForAll, cancellationToken);
        await using var counting = transaction.Command(
            "select greatest(sum(n)::float8 / $1, 1) from contact_counts", (double)Sample);
        var oneOf = await counting.ExecuteScalarAsync(cancellationToken) as double? ?? 1;
        // The same sample each time: no name comes and goes.
        await using var command = transaction.Command("""
            select name, max(n)::bigint from (
                select name, count(*) * $1 as n
                from contacts tablesample system (100 / $1) repeatable (0), jsonb_object_keys(attributes) as name
                group by 1
                union all
                select name, count(*)
                from (select attributes from contacts order by id desc limit $2) as newest,
                    jsonb_object_keys(attributes) as name
                group by 1) as found
            group by 1 order by 2 desc, 1 limit $3
            """, oneOf, Newest, Most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var attributes = new List<AttributeAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            attributes.Add(new(reader.GetString(0), reader.GetInt64(1)));
        }

        return TypedResults.Ok(attributes);
    }
}

/// <param name="Contacts">How many have it; of more than 200,000 contacts about how many.</param>
internal sealed record AttributeAnswer(string Name, long Contacts);
