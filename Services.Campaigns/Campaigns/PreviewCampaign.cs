using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What a launch would do now. Nothing is sent.</summary>
internal static class PreviewCampaign
{
    private const int Samples = 3;

    public static async Task<Results<Ok<PreviewAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignsDbContext db, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox,
        IOptions<SendingOptions> sending, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var body = campaign.Body
            ?? await db.Templates.Where(t => t.Id == campaign.TemplateId).Select(t => t.Body)
                .SingleAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var reasons = await CountAsync(transaction, campaign, sandbox.Value.Mode, cancellationToken);
        var samples = await SampleAsync(transaction, campaign, body, sandbox.Value.Mode, cancellationToken);

        var recipients = reasons.GetValueOrDefault("");
        return TypedResults.Ok(new PreviewAnswer(
            recipients,
            new(
                reasons.GetValueOrDefault(SkipReasons.OptedOut), reasons.GetValueOrDefault(Consequences.NotJoined),
                reasons.Where(reason => reason.Key.StartsWith(SkipReasons.MissingVariable, StringComparison.Ordinal))
                    .Sum(reason => reason.Value)),
            Math.Ceiling(recipients / sending.Value.PerSecond), sending.Value.PerSecond, samples));
    }

    private static async Task<Dictionary<string, long>> CountAsync(
        NpgsqlTransaction transaction, Campaign campaign, SandboxMode mode, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(campaign.Audience, campaign.Variables, mode, values);
        await using var command = transaction.Command($"""
            select coalesce({query.Reason}, ''), count(*)
            from contacts c cross join lateral ({query.Rendered}) rendered where {query.Where} group by 1
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            reasons[reader.GetString(0)] = reader.GetInt64(1);
        }

        return reasons;
    }

    private static async Task<List<PreviewAnswer.Sample>> SampleAsync(
        NpgsqlTransaction transaction, Campaign campaign, string body, SandboxMode mode,
        CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(campaign.Audience, campaign.Variables, mode, values);
        await using var command = transaction.Command($"""
            select c.phone, {query.Variables}
            from contacts c cross join lateral ({query.Rendered}) rendered
            where {query.Where} and {query.Reason} is null order by c.id limit {Samples}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var samples = new List<PreviewAnswer.Sample>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var rendered = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(1))!;
            var text = MessageText.Parse(body).Render(name => rendered.GetValueOrDefault(name));
            samples.Add(new(reader.GetString(0), text));
        }

        return samples;
    }
}

/// <param name="Recipients">How many would be sent Message 1.</param>
/// <param name="Excluded">How many of the audience would not, and why.</param>
/// <param name="EstimatedDurationSeconds">At the allowed rate, with nothing else running.</param>
/// <param name="RatePerSecond">The allowed rate.</param>
internal sealed record PreviewAnswer(
    long Recipients, PreviewAnswer.Exclusions Excluded, double EstimatedDurationSeconds, double RatePerSecond,
    IReadOnlyList<PreviewAnswer.Sample> Samples)
{
    /// <param name="NotJoined">Proved not to have joined the Sandbox.</param>
    /// <param name="MissingVariable">A variable of the template would be empty.</param>
    internal sealed record Exclusions(long OptedOut, long NotJoined, long MissingVariable);

    internal sealed record Sample(string Phone, string Text);
}
