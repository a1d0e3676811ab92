using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Why messages have failed, or were skipped: each cause with what to do about it, the most frequent first.
/// </summary>
internal static class GetFailures
{
    private const int MostDays = 366;
    private const int MostCampaigns = 3;

    /// <param name="status">failed (without it) or skipped.</param>
    public static async Task<Results<Ok<List<FailureAnswer>>, ValidationProblem, ProblemHttpResult>> OfCampaignAsync(
        Guid id, string? status, HttpRequest request, CampaignsDbContext db, NpgsqlDataSource database,
        IOptions<SandboxOptions> sandbox, CancellationToken cancellationToken)
    {
        if (status is not (null or "failed" or "skipped"))
        {
            return Problems.Field("status", "status is failed or skipped.");
        }

        return await db.Campaigns.AnyAsync(c => c.Id == id, cancellationToken)
            ? TypedResults.Ok(await ReadAsync(
                database.Command("""
                    select error_code, coalesce(provider, 'twilio'), count(*) from messages
                    where campaign_id = $1 and status = $2 and kind in (1, 2) and error_code is not null
                    group by 1, 2 order by 3 desc, 1, 2
                    """, id, (short)(status is "skipped" ? MessageStatus.Skipped : MessageStatus.Failed)),
                new(request.Language(), sandbox.Value), cancellationToken))
            : Problems.NotFound("campaign", id);
    }

    /// <summary>Of all campaigns, with those that a cause has hit most.</summary>
    public static async Task<Results<Ok<List<FailureAnswer>>, ValidationProblem>> OfAllAsync(
        HttpRequest request, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, TimeProvider clock,
        CancellationToken cancellationToken, int days = 30)
    {
        if (days is < 1 or > MostDays)
        {
            return Problems.Field("days", $"days is a number from 1 to {MostDays}.");
        }

        // Campaign by campaign, each by its index of the states.
        await using var command = database.Command($"""
            with causes as (
                select m.error_code as code, coalesce(m.provider, 'twilio') as provider, c.id, c.name, count(*) as n
                from campaigns c join messages m on m.campaign_id = c.id and m.status = 5 and m.kind in (1, 2)
                where m.failed_at >= $1 and m.error_code is not null group by 1, 2, 3, 4
            )
            select code, provider, sum(n)::bigint,
                (array_agg(id order by n desc, id desc))[:{MostCampaigns}],
                (array_agg(name order by n desc, id desc))[:{MostCampaigns}],
                (array_agg(n order by n desc, id desc))[:{MostCampaigns}], count(*)
            from causes group by 1, 2 order by 3 desc, 1, 2
            """, clock.GetUtcNow() - TimeSpan.FromDays(days));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var explain = new Explain(request.Language(), sandbox.Value);
        var failures = new List<FailureAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (ids, names, counts) = (
                reader.GetFieldValue<Guid[]>(3), reader.GetFieldValue<string[]>(4), reader.GetFieldValue<long[]>(5));
            failures.Add(FailureAnswer.Read(reader, explain) with
            {
                Campaigns = [.. ids.Select((id, place) => new FailureAnswer.InCampaign(id, names[place], counts[place]))],
                CampaignCount = reader.GetInt64(6),
            });
        }

        return TypedResults.Ok(failures);
    }

    private static async Task<List<FailureAnswer>> ReadAsync(
        NpgsqlCommand command, Explain explain, CancellationToken cancellationToken)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var failures = new List<FailureAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            failures.Add(FailureAnswer.Read(reader, explain));
        }

        return failures;
    }
}

/// <summary>A cause in plain words, in the caller's language, and how many messages it stopped.</summary>
internal sealed record FailureAnswer(
    string Code, string Title, string Explanation, string Action, bool Permanent, long Count)
{
    /// <summary>Where of all campaigns is told: those with most of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InCampaign>? Campaigns { get; init; }

    /// <summary>In how many it has happened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CampaignCount { get; init; }

    /// <summary>Whose code it is.</summary>
    public string? Provider { get; init; }

    /// <summary>Reads code, provider and count, the first columns.</summary>
    public static FailureAnswer Read(NpgsqlDataReader row, Explain explain)
    {
        var provider = row.GetString(1);
        var error = explain.Error(row.GetString(0), provider)!;
        return new(error.Code, error.Title, error.Explanation, error.Action, error.Permanent, row.GetInt64(2))
        {
            Provider = provider,
        };
    }

    internal sealed record InCampaign(Guid Id, string Name, long Count);
}
