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
    /// Up to this share of people is looked for in the messages' index one by one, be they those of the audience or all
    /// others; of more than these all messages make a table in memory, which takes as long for one as for all. The
    /// planner cannot know how many they will be, a hundredth of the pages tells.
    /// </summary>
    private const double FewLooks = 0.2;

    /// <summary>In place of a reason: they are not in the audience.</summary>
    private const string Outside = "outside";

    /// <param name="audience">Whose.</param>
    /// <param name="words">What people get; without a template there are no samples.</param>
    /// <param name="campaign">
    /// Whose sender, start and quiet hours count. With one, also whose membership will have ended by their turn is counted,
    /// which takes longer. Null: it would begin now.
    /// </param>
    public async Task<PreviewAnswer> ReadAsync(
        Audience audience, Wordings words, Campaign? campaign, CancellationToken cancellationToken)
    {
        var (now, rate) = (clock.GetUtcNow(), senders.PaceOf(campaign?.Sender).PerSecond);
        var start = campaign?.StartAt > now ? campaign.StartAt.Value : now;
        var begun = await SenderDay.BegunAsync(database, senders, start, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(Planner.ForAll, cancellationToken);
        var counts = await CountAsync(transaction, audience, words, now, cancellationToken);
        await transaction.ExecuteAsync(Planner.ForAll, cancellationToken); // whatever the count has wanted
        var expiring = campaign is not null && sandbox.Value.HasMembership
            ? await CountExpiringAsync(transaction, audience, words, start, now, rate, cancellationToken)
            : (long?)null;
        var regions = campaign?.QuietHours is { PerContact: true }
            ? await ReadRegionsAsync(transaction, audience, words, now, cancellationToken)
            : null;
        var samples = new List<PreviewAnswer.Sample>();
        foreach (var (_, variant, people) in counts.Where(count => count.Reason.Length == 0))
        {
            samples.AddRange(await SampleAsync(
                transaction, audience, words, variant, Math.Min(people, Samples), now, cancellationToken));
        }

        var recipients = OfReason("");
        return new(
            counts.Sum(count => count.People), recipients,
            new(
                OfReason(SkipReasons.OptedOut), OfReason(Consequences.NotJoined),
                counts.Where(count => count.IsMissing).Sum(count => count.People)),
            Missing(counts), expiring, Math.Ceiling(recipients / rate),
            senders.EndOf(
                campaign, start, recipients, begun.GetValueOrDefault(senders.NumberOf(campaign?.Sender)), regions),
            rate, samples,
            [
                .. words.Variants.Select((variant, place) =>
                {
                    var theirs = counts.Where(count => count.Variant == place).ToList();
                    return new PreviewAnswer.Variant(
                        variant.Language, theirs.Where(count => count.Reason.Length == 0).Sum(count => count.People),
                        Missing(theirs));
                }),
            ]);

        long OfReason(string reason) => counts.Where(count => count.Reason == reason).Sum(count => count.People);

        static Dictionary<string, long> Missing(IEnumerable<Count> counts) => counts
            .Where(count => count.IsMissing)
            .GroupBy(count => count.Reason[SkipReasons.MissingVariable.Length..], count => count.People)
            .ToDictionary(variable => variable.Key, variable => variable.Sum());
    }

    /// <summary>The main template's first, then the variants' in their order.</summary>
    private async Task<List<Count>> CountAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (values, looks) = (new SqlParameters(), new MessageLooks());
        var query = new AudienceQuery(audience, words, sandbox.Value.HasMembership, now, values, looks);
        var notSent = $"not {query.Known} or {query.IsLeftOut}";
        var byMessages = query.Messages is not null && await AreFewAsync($"avg(({notSent})::int)");
        if (byMessages || (looks.Share is { } share && await AreFewAsync(share)))
        {
            await transaction.ExecuteAsync(Planner.ForSome, cancellationToken);
        }

        // A million messages meet a million contacts in twice the time that counting the messages and looking for those
        // of the few who get nothing takes.
        await using var command = transaction.Command(byMessages
            ? $"""
            select case when {query.Known} then {query.Reason} else '{Outside}' end, {query.Variant}, count(*)
            from contacts c join messages m on m.contact_id = c.id and {query.Messages} where {notSent} group by 1
            union all select '', null, count(*) from messages m where {query.Messages}
            """
            : $"""
            select coalesce({query.Reason}, ''), {query.Variant}, count(*)
            from {query.From} where {query.Where} group by {(words.Variants.Count == 0 ? "1" : "1, 2")}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new List<Count>();
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(new(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt16(1), reader.GetInt64(2)));
        }

        if (byMessages)
        {
            var leftOut = counts.Where(count => count.Reason.Length > 0).Sum(count => count.People);
            counts = counts.ConvertAll(count =>
                count.Reason.Length > 0 ? count : count with { People = count.People - leftOut });
        }

        return [.. counts.Where(count => count.Reason != Outside).OrderBy(count => count.Variant ?? -1)];

        async Task<bool> AreFewAsync(string share) => await transaction.ScalarAsync<double>(
            $"select coalesce({share}, 0)::float8 from contacts c tablesample system (1)", cancellationToken,
            values.ToArray()) < FewLooks;
    }

    private async Task<long> CountExpiringAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words,
        DateTimeOffset start, DateTimeOffset now, double rate, CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(audience, words, sandbox.Value.HasMembership, now, values);
        return await transaction.ScalarAsync<long>($"""
            select count(*) from (
                select c.joined_at, row_number() over (order by c.id) as turn
                from {query.From} where {query.Where} and {query.Reason} is null) recipient
            where joined_at + {values.Add(Contact.MembershipTime)}
                < {values.Add(start)} + turn / {values.Add(rate)} * interval '1 second'
            """, cancellationToken, values.ToArray());
    }

    private async Task<List<string>> ReadRegionsAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var values = new SqlParameters();
        var query = new AudienceQuery(audience, words, sandbox.Value.HasMembership, now, values);
        await using var command = transaction.Command($"""
            select distinct {Region.Sql("c.phone", values)}
            from {query.From} where {query.Where} and {query.Reason} is null
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var regions = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            regions.Add(reader.GetString(0));
        }

        return regions;
    }

    /// <summary>Of the people who get this variant; null: what everybody else gets.</summary>
    private async Task<List<PreviewAnswer.Sample>> SampleAsync(
        NpgsqlTransaction transaction, Audience audience, Wordings words, short? variant, long limit,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (words[variant] is not { Content.Body: { } body, Language: var language })
        {
            return [];
        }

        var values = new SqlParameters();
        var query = new AudienceQuery(audience, words, sandbox.Value.HasMembership, now, values);
        var theirs = words.Variants.Count == 0 ? ""
            : $" and {query.Variant} is not distinct from {values.Add(variant)}::smallint";
        await using var command = transaction.Command($"""
            select c.id, c.phone, c.first_name, c.last_name, {query.Variables}
            from {query.From} where {query.Where} and {query.Reason} is null{theirs} order by c.id limit {limit}
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
                reader.IsDBNull(3) ? null : reader.GetString(3), text, language));
        }

        return samples;
    }

    /// <param name="Reason">Why nothing is sent to them; empty: something is.</param>
    /// <param name="Variant">Which they get; null: what everybody else gets.</param>
    private sealed record Count(string Reason, short? Variant, long People)
    {
        public bool IsMissing => Reason.StartsWith(SkipReasons.MissingVariable, StringComparison.Ordinal);
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
/// <param name="Samples">What up to three people would read; with variants, up to three in each language.</param>
/// <param name="Variants">
/// Of each variant of Message 1, its part in <paramref name="Recipients"/> and in <paramref name="MissingValues"/>.
/// </param>
/// <param name="TemplateApproval">
/// What the provider says of the campaign's template. With rejected, paused, disabled or missing it cannot be launched;
/// with anything else but approved it may fail.
/// </param>
internal sealed record PreviewAnswer(
    long Total, long Recipients, PreviewAnswer.Exclusions Excluded, IReadOnlyDictionary<string, long> MissingValues,
    long? Expiring, double EstimatedDurationSeconds,
    DateTimeOffset EstimatedFinishAt, double RatePerSecond, IReadOnlyList<PreviewAnswer.Sample> Samples,
    IReadOnlyList<PreviewAnswer.Variant> Variants, string? TemplateApproval = null)
{
    /// <param name="NotJoined">Proved not to have joined the Sandbox.</param>
    /// <param name="MissingVariable">A variable of the template would be empty.</param>
    internal sealed record Exclusions(long OptedOut, long NotJoined, long MissingVariable);

    /// <param name="Language">Of the variant or, for whom there is none, of the template.</param>
    internal sealed record Sample(
        Guid ContactId, string Phone, string? FirstName, string? LastName, string Text, string Language);

    internal sealed record Variant(string Language, long Recipients, IReadOnlyDictionary<string, long> MissingValues);
}
