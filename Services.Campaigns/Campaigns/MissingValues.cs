using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Whom a campaign could not be sent to, because a variable of its template would be empty for them.</summary>
internal sealed class MissingValues(IOptions<SandboxOptions> sandbox, TimeProvider clock)
{
    public static async Task<Results<Ok<Page<MissingValue>>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, int? limit, string? cursor, CampaignsDbContext db, NpgsqlDataSource database, MissingValues missing,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        if (await Wordings.ReadAsync(campaign, db, cancellationToken) is not { } words)
        {
            return Campaign.TemplateGone;
        }

        var audience = await campaign.Audience.ResolveAsync(db, cancellationToken) ?? campaign.Audience;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var total = await missing.CountAsync(transaction, audience, words, cancellationToken);
        var people = await missing.ReadAsync(
            transaction, audience, words, page.After, page.Limit + 1, cancellationToken);
        return TypedResults.Ok(page.Cut(people, person => person.ContactId, total));
    }

    public async Task<long> CountAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = Query(audience, words, values);
        if (!query.MayMiss)
        {
            return 0;
        }

        await transaction.ExecuteAsync(Planner.ForAll, cancellationToken);
        return await transaction.ScalarAsync<long>(
            $"select count(*) from {query.From} where {Condition(query)}", cancellationToken, values.ToArray());
    }

    /// <summary>In the order of their ids.</summary>
    public async Task<List<MissingValue>> ReadAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words, Guid? after, int limit,
        CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = Query(audience, words, values);
        await using var command = transaction.Command($"""
            select c.id, c.phone, c.first_name, c.last_name, {query.Missing}, {query.Variant}
            from {query.From} where {Condition(query)} and c.id > {values.Add(after ?? Guid.Empty)}
            order by c.id limit {limit}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var people = new List<MissingValue>();
        while (await reader.ReadAsync(cancellationToken))
        {
            people.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetFieldValue<string[]>(4),
                words[reader.IsDBNull(5) ? null : reader.GetInt16(5)].Language));
        }

        return people;
    }

    private AudienceQuery Query(Audience audience, Wordings words, SqlParameters values) =>
        new(audience, words, sandbox.Value.HasMembership, clock.GetUtcNow(), values);

    // Who is left out for another reason needs no value.
    private static string Condition(AudienceQuery query) =>
        $"{query.Where} and {query.Reason} like '{SkipReasons.MissingVariable}%'";
}

/// <param name="Missing">The template's variables that would be empty.</param>
/// <param name="Language">Of which of Message 1's templates.</param>
internal sealed record MissingValue(
    Guid ContactId, string Phone, string? FirstName, string? LastName, IReadOnlyList<string> Missing,
    string Language);
