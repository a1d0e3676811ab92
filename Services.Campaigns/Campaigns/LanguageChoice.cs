namespace Services.Campaigns;

/// <summary>
/// Which variant of Message 1 somebody gets. Of what there is, the template for everybody first and then the variants
/// in their order, it is that whose language theirs is, or begins with, the longest one (zh-Hant-TW gets zh-Hant, not
/// zh); else the first with the same primary subtag (fr gets fr-FR, and so does fr-CA); else that for everybody.
/// Case does not count, nor whether subtags are joined by - or _.
/// </summary>
/// <remarks>
/// In C# for one person and in SQL for a whole audience; both choose the same, as a property test proves.
/// </remarks>
internal sealed class LanguageChoice
{
    private readonly IReadOnlyList<Rule> _rules;

    /// <param name="language">Of the template for everybody.</param>
    /// <param name="variants">Their languages.</param>
    public LanguageChoice(string language, IReadOnlyList<string> variants)
    {
        var all = variants.Select((variant, place) => new Rule(TagOf(variant), place))
            .Prepend(new(TagOf(language), null)).ToList();
        _rules =
        [
            .. all.OrderByDescending(rule => rule.Tag.Length)
                .Concat(all.Select(rule => rule with { Tag = rule.Tag[..(rule.Tag.IndexOf('-') + 1)] }))
                .DistinctBy(rule => rule.Tag),
        ];
    }

    /// <summary>Whether they are the same language.</summary>
    public static bool AreSame(string one, string other) => TagOf(one) == TagOf(other);

    /// <summary>The variant's place; null: the template for everybody.</summary>
    /// <param name="language">The person's; null if it is not known.</param>
    public int? For(string? language)
    {
        var tag = language is null ? "" : TagOf(language);
        return _rules.FirstOrDefault(rule => tag.StartsWith(rule.Tag, StringComparison.Ordinal))?.Variant;
    }

    /// <summary>The same as an SQL expression of type smallint over <c>contacts c</c>.</summary>
    public string ToSql(Func<object, string> addParameter)
    {
        const string tag = """lower(replace(c.language, '_', '-') collate "C") || '-'""";
        var rules = _rules.Select(rule =>
            $"when starts_with({tag}, {addParameter(rule.Tag)}::text) then {Number(rule.Variant)}::smallint");
        return $"case {string.Join(' ', rules)} end";

        static string Number(int? variant) => variant is { } place ? $"{place}" : "null";
    }

    // Closed by a hyphen, so that only whole subtags are compared.
    private static string TagOf(string language) => $"{language.Replace('_', '-').ToLowerInvariant()}-";

    /// <summary>The first whose tag theirs begins with decides.</summary>
    private sealed record Rule(string Tag, int? Variant);
}
