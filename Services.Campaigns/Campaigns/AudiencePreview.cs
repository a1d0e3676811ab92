using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Counts an audience, and says what some of it would be sent. Nothing is sent.</summary>
internal sealed class AudiencePreview(
    NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, Senders senders, TimeProvider clock)
{
    private const int Samples = 3;

    /// <summary>
    /// Up to this share of people is looked for in the messages' index one by one; of more than these all messages make
    /// a table in memory, which takes as long for one as for all. The planner cannot know how many they will be, a
    /// hundredth of the pages tells.
    /// </summary>
    private const double FewLooks = 0.08;

    /// <param name="audience">Whose.</param>
    /// <param name="filling">What fills each variable of the template.</param>
    /// <param name="body">The template's text; null: no samples.</param>
    /// <param name="campaign">
    /// Whose sender, start and quiet hours count. With one, also whose membership will have ended by their turn is counted,
    /// which takes longer. Null: it would begin now.
    /// </param>
    public async Task<PreviewAnswer> ReadAsync(
        Audience audience, Filling filling, string? body, Campaign? campaign,
        CancellationToken cancellationToken)
    {
        var (now, rate) = (clock.GetUtcNow(), senders.PaceOf(campaign?.Sender).PerSecond);
        var start = campaign?.StartAt > now ? campaign.StartAt.Value : now;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(AudienceQuery.ForAll, cancellationToken);
        var reasons = await CountAsync(transaction, audience, filling, now, cancellationToken);
        var expiring = campaign is not null && sandbox.Value.HasMembership
            ? await CountExpiringAsync(transaction, audience, filling, start, now, rate, cancellationToken)
            : (long?)null;
        var regions = campaign?.QuietHours is { PerContact: true }
            ? await ReadRegionsAsync(transaction, audience, filling, now, cancellationToken)
            : null;
        var samples = body is null
            ? []
            : await SampleAsync(transaction, audience, filling, body, now, cancellationToken);

        var missing = reasons
            .Where(reason => reason.Key.StartsWith(SkipReasons.MissingVariable, StringComparison.Ordinal))
            .ToDictionary(reason => reason.Key[SkipReasons.MissingVariable.Length..], reason => reason.Value);
        var recipients = reasons.GetValueOrDefault("");
        var work = TimeSpan.FromSeconds(Math.Ceiling(recipients / rate));
        return new(
            reasons.Values.Sum(), recipients,
            new(
                reasons.GetValueOrDefault(SkipReasons.OptedOut), reasons.GetValueOrDefault(Consequences.NotJoined),
                missing.Values.Sum()),
            missing, expiring, work.TotalSeconds, campaign?.EndOf(start, work, regions) ?? start + work, rate, samples);
    }

    private async Task<Dictionary<string, long>> CountAsync(
        NpgsqlTransaction transaction, Audience audience, Filling filling,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (values, looks) = (new SqlParameters(), new MessageLooks());
        var query = new AudienceQuery(audience, filling, sandbox.Value.HasMembership, now, values, looks);
        var fewLooks = query.Messages is null && looks.Share is { } share
            && await transaction.ScalarAsync<double>(
                $"select coalesce({share}, 0)::float8 from contacts c tablesample system (1)", cancellationToken,
                values.ToArray()) < FewLooks;
        await transaction.ExecuteAsync(
            $"set local enable_hashjoin = {!fewLooks}; set local enable_mergejoin = {!fewLooks}", cancellationToken);
        // A million messages meet a million contacts in twice the time that counting the messages and meeting the few
        // who are left out takes.
        await using var command = transaction.Command(query.Messages is null
            ? $"""
            select coalesce({query.Reason}, ''), count(*)
            from contacts c {looks.Joins} cross join lateral ({query.Rendered}) rendered where {query.Where} group by 1
            """
            : $"""
            select {query.Reason}, count(*)
            from contacts c {looks.Joins} cross join lateral ({query.Rendered}) rendered
            where {query.Where} and {query.IsLeftOut} group by 1
            union all select '', count(*) from messages m where {query.Messages}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            reasons[reader.GetString(0)] = reader.GetInt64(1);
        }

        if (query.Messages is not null)
        {
            reasons[""] -= reasons.Where(reason => reason.Key.Length > 0).Sum(reason => reason.Value);
        }

        return reasons;
    }

    private async Task<long> CountExpiringAsync(
        NpgsqlTransaction transaction, Audience audience, Filling filling,
        DateTimeOffset start, DateTimeOffset now, double rate, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(audience, filling, sandbox.Value.HasMembership, now, values);
        return await transaction.ScalarAsync<long>($"""
            select count(*) from (
                select c.joined_at, row_number() over (order by c.id) as turn
                from contacts c cross join lateral ({query.Rendered}) rendered
                where {query.Where} and {query.Reason} is null) recipient
            where joined_at + {values.Add(Contact.MembershipTime)}
                < {values.Add(start)} + turn / {values.Add(rate)} * interval '1 second'
            """, cancellationToken, values.ToArray());
    }

    private async Task<List<string>> ReadRegionsAsync(
        NpgsqlTransaction transaction, Audience audience, Filling filling, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(audience, filling, sandbox.Value.HasMembership, now, values);
        await using var command = transaction.Command($"""
            select distinct {Region.Sql("c.phone", values)}
            from contacts c cross join lateral ({query.Rendered}) rendered
            where {query.Where} and {query.Reason} is null
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var regions = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            regions.Add(reader.GetString(0));
        }

        return regions;
    }

    private async Task<List<PreviewAnswer.Sample>> SampleAsync(
        NpgsqlTransaction transaction, Audience audience, Filling filling, string body,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(audience, filling, sandbox.Value.HasMembership, now, values);
        await using var command = transaction.Command($"""
            select c.id, c.phone, c.first_name, c.last_name, {query.Variables}
            from contacts c cross join lateral ({query.Rendered}) rendered
            where {query.Where} and {query.Reason} is null order by c.id limit {Samples}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var samples = new List<PreviewAnswer.Sample>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var rendered = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!;
            // A variable that nobody has filled yet is shown as such.
            var text = MessageText.Parse(body).Render(name => rendered.GetValueOrDefault(name) ?? $"{{{{{name}}}}}");
            samples.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3), text));
        }

        return samples;
    }
}

/// <param name="Total">How many are in the audience.</param>
/// <param name="Recipients">How many would be sent Message 1.</param>
/// <param name="Excluded">How many of the audience would not, and why.</param>
/// <param name="MissingValues">Of them, how many have no value for a variable, by the first such.</param>
/// <param name="Expiring">Whose Sandbox membership will have ended by their turn; null if that was not counted.</param>
/// <param name="EstimatedDurationSeconds">At the allowed rate, with nothing else running, without quiet hours.</param>
/// <param name="EstimatedFinishAt">
/// Then it would end if it were launched now: with its start and its quiet hours; if those are each person's own, at
/// the latest.
/// </param>
/// <param name="RatePerSecond">The allowed rate.</param>
/// <param name="Samples">What some of them would read.</param>
/// <param name="TemplateApproval">
/// What the provider says of the campaign's template. With rejected, paused, disabled or missing it cannot be launched;
/// with anything else but approved it may fail.
/// </param>
internal sealed record PreviewAnswer(
    long Total, long Recipients, PreviewAnswer.Exclusions Excluded, IReadOnlyDictionary<string, long> MissingValues,
    long? Expiring, double EstimatedDurationSeconds,
    DateTimeOffset EstimatedFinishAt, double RatePerSecond, IReadOnlyList<PreviewAnswer.Sample> Samples,
    string? TemplateApproval = null)
{
    /// <param name="NotJoined">Proved not to have joined the Sandbox.</param>
    /// <param name="MissingVariable">A variable of the template would be empty.</param>
    internal sealed record Exclusions(long OptedOut, long NotJoined, long MissingVariable);

    internal sealed record Sample(Guid ContactId, string Phone, string? FirstName, string? LastName, string Text);
}
