namespace Services.Campaigns;

/// <summary>
/// Who is in an audience, what each would be sent and who is left out and why, as parts of an SQL statement over
/// <c>contacts c</c>. Preview counts by it and launch makes rows by it, so that the one keeps what the other promises.
/// </summary>
internal sealed class AudienceQuery
{
    /// <param name="audience">With what its segment says.</param>
    /// <param name="words">What people get, and who gets which.</param>
    /// <param name="membership">Whether people have to join.</param>
    /// <param name="now">When conditions are looked at.</param>
    /// <param name="values">Takes the statement's parameters.</param>
    /// <param name="looks">Takes the messages that the audience is about, see <see cref="ConditionSql"/>.</param>
    public AudienceQuery(
        Audience audience, Wordings words, bool membership, DateTimeOffset now, SqlParameters values,
        MessageLooks? looks = null)
    {
        Where = audience switch
        {
            { Tags: { } tags } => $"c.tags && {values.Add(tags.ToArray())}",
            { ContactIds: { } ids } => $"c.id = any({values.Add(ids.ToArray())})",
            { Where: { } where } => ConditionSql.Of(where, now, values, looks),
            { SegmentId: not null } => "false", // of a draft whose segment has been deleted
            _ => "true",
        };
        var others = (audience.Exclude?.Tags is { } without ? $" and not c.tags && {values.Add(without.ToArray())}" : "")
            + (audience.Exclude?.ContactIds is { } except ? $" and c.id <> all({values.Add(except.ToArray())})" : "");
        Where += others;
        if (audience is { Tags: null, ContactIds: null, Where: { } condition } && words.Variants.Count == 0
            && ConditionSql.OfMessages(condition, now, values) is { Messages: var messages, Known: var known })
        {
            (Messages, Known) = (messages, $"({known}{others})");
        }

        var parts = new[] { words.Main }.Concat(words.Variants).Select(one => new Part(one.Filling, values)).ToList();
        // The offset keeps the planner from choosing anew wherever it is asked: once for each person is enough.
        (From, Variant) = words.Variants.Count == 0
            ? ($"contacts c{looks?.Joins}", "null::smallint")
            : ($"contacts c{looks?.Joins} cross join lateral (select {words.Choice.ToSql(values.Add)} as variant offset 0) chosen",
                "chosen.variant");
        Variables = ByVariant(part => part.Variables);

        // Who is proved not to have joined would only fail. Whose membership may have run out is tried: they may
        // have joined again without our knowing.
        var hasNotJoined = membership ? "c.not_joined_at > coalesce(c.joined_at, '-infinity')" : null;
        var notJoined = hasNotJoined is null ? "" : $"when {hasNotJoined} then '{Consequences.NotJoined}'";
        Reason = $"case when c.opted_out_at is not null then '{SkipReasons.OptedOut}' {notJoined} "
            + $"else {ByVariant(part => part.Reason)} end";
        // Who has no date of not having joined is ruled out by itself: of that the planner knows how many there are.
        IsLeftOut = "(c.opted_out_at is not null"
            + (hasNotJoined is null ? "" : $" or c.not_joined_at is not null and {hasNotJoined}")
            + $" or {ByVariant(part => part.IsIncomplete)})";
        MayMiss = parts.Exists(part => part.MayMiss);
        Missing = ByVariant(part => part.Missing);

        string ByVariant(Func<Part, string> of) => parts.Count == 1 ? of(parts[0])
            : $"case {Variant} " + string.Concat(parts.Skip(1).Select((part, place) => $"when {place} then {of(part)} "))
                + $"else {of(parts[0])} end";
    }

    /// <summary>What it is all over: <c>contacts c</c>, with the variant that each gets.</summary>
    public string From { get; }

    /// <summary>The condition for being in the audience.</summary>
    public string Where { get; }

    /// <summary>
    /// The condition for <c>messages m</c> of which each is one person of the audience, if <see cref="Known"/> holds for
    /// them; null if they do not tell, or do not tell who gets which variant.
    /// </summary>
    public string? Messages { get; }

    /// <summary>What else makes somebody of <see cref="Messages"/> one of the audience.</summary>
    public string Known { get; } = "true";

    /// <summary>Which variant the person gets; null: none, but what everybody else gets.</summary>
    public string Variant { get; }

    /// <summary>What fills the variables of the template, as jsonb by name.</summary>
    public string Variables { get; }

    /// <summary>Whether a variable could be empty for somebody.</summary>
    public bool MayMiss { get; }

    /// <summary>The names of the variables that would be empty, as an array.</summary>
    public string Missing { get; }

    /// <summary>Why nothing is sent to the person; null if something is.</summary>
    public string Reason { get; }

    /// <summary>Whether there is such a reason.</summary>
    public string IsLeftOut { get; }

    /// <summary>What of it depends on the template.</summary>
    private sealed class Part
    {
        public Part(Filling filling, SqlParameters values)
        {
            var rendered = filling.Variables.Select(variable =>
            {
                var (text, fallback) = (
                    MessageText.ParseVariable(variable.Value), filling.Fallbacks.GetValueOrDefault(variable.Key));
                return (
                    Name: $"{values.Add(variable.Key)}::text",
                    Text: fallback is null ? text.ToSql(values.Add)
                        : $"coalesce(nullif({text.ToSql(values.Add)}, ''), {values.Add(fallback)}::text)",
                    IsEmpty: fallback is null ? text.IsEmptySql(values.Add) : MessageText.Never);
            }).ToList();
            var empty = rendered.Where(variable => variable.IsEmpty != MessageText.Never).ToList();
            Variables = $"jsonb_build_object({string.Join(", ", rendered.Select(v => $"{v.Name}, {v.Text}"))})";
            MayMiss = empty.Count > 0;
            Reason = !MayMiss ? "null" : "case " + string.Concat(empty.Select(variable =>
                $"when {variable.IsEmpty} then '{SkipReasons.MissingVariable}' || {variable.Name} ")) + "end";
            IsIncomplete = !MayMiss ? MessageText.Never
                : $"({string.Join(" or ", empty.Select(variable => variable.IsEmpty))})";
            Missing = "array_remove(array["
                + string.Join(", ", empty.Select(variable => $"case when {variable.IsEmpty} then {variable.Name} end"))
                + "]::text[], null)";
        }

        public string Variables { get; }

        public bool MayMiss { get; }

        public string Reason { get; }

        public string IsIncomplete { get; }

        public string Missing { get; }
    }
}

/// <summary>Codes of the error dictionary for what is never sent.</summary>
internal static class SkipReasons
{
    public const string OptedOut = "opted_out";

    /// <summary>Free text outside the 24 h window.</summary>
    public const string NoOpenSession = "no_open_session";

    /// <summary>Followed by the variable's name.</summary>
    public const string MissingVariable = "missing_variable:";
}
