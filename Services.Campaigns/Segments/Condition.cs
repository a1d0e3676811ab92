using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Whom an audience holds, as a tree: <c>all</c>, <c>any</c> and <c>not</c> of conditions about one thing each.
/// </summary>
internal sealed record Condition
{
    private const int MostDepth = 8;
    private const int MostNodes = 100;
    private const int LongestText = 500;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Condition>? All { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Condition>? Any { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Condition? Not { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tag { get; init; }

    /// <summary>A field or an attribute, named as in messages: firstName. One of the next five goes with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attribute { get; init; }

    [JsonPropertyName("equals")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EqualTo { get; init; }

    /// <summary>Without regard to case and accents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Contains { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsEmpty { get; init; }

    /// <summary>A number, or a day such as 2026-01-31. What is neither is not greater and not less.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? GreaterThan { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? LessThan { get; init; }

    /// <summary>joined, notJoined or unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sandbox { get; init; }

    /// <summary>open or closed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Session { get; init; }

    /// <summary>What became of its Message 1 is <see cref="Result"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Campaign { get; init; }

    /// <summary>received, read, notRead, replied, notReplied or failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Result { get; init; }

    /// <summary>Whether what became of a campaign is a part of it.</summary>
    [JsonIgnore]
    public bool AsksForMessages => Campaign is not null || Parts.Any(part => part.AsksForMessages);

    private IReadOnlyList<Condition> Parts => Not is null ? All ?? Any ?? [] : [Not];

    /// <summary>Tells <paramref name="form"/> what is wrong, by the path of the part.</summary>
    public static async Task CheckAsync(
        Condition? condition, string field, FormReader form, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        if (condition is null)
        {
            form.Refuse(field, new Remedy(
                $$"""{{field}} is missing: a condition, such as { "tag": "vip" }.""",
                "Indiquez au moins une condition."));
            return;
        }

        var (nodes, campaigns) = (0, new Dictionary<Guid, string>());
        Check(condition, field, 1);
        var named = campaigns.Keys.ToList();
        var known = await db.Campaigns.Where(c => named.Contains(c.Id)).Select(c => c.Id)
            .ToListAsync(cancellationToken);
        foreach (var (id, path) in campaigns.Where(campaign => !known.Contains(campaign.Key)))
        {
            form.Refuse($"{path}.campaign", new Remedy(
                $"There is no campaign with the id {id}.",
                "Cette campagne n’existe pas ou plus : choisissez-en une autre."));
        }

        void Check(Condition? part, string path, int depth)
        {
            if (nodes > MostNodes)
            {
                return; // that has been told
            }

            if (part is null)
            {
                form.Refuse(path, Unclear(path));
                return;
            }

            if (depth > MostDepth || ++nodes > MostNodes)
            {
                form.Refuse(path, new Remedy(
                    $"{path} is too much: at most {MostNodes} conditions, {MostDepth} deep: use a tag for a part.",
                    $"Au plus {MostNodes} conditions, sur {MostDepth} niveaux : utilisez une étiquette à la place."));
                return;
            }

            if (part.CheckOwn(path, form) && part.Campaign is { } campaign)
            {
                campaigns.TryAdd(campaign, path);
            }

            foreach (var (index, inner) in part.Parts.Index())
            {
                var name = part.All is not null ? $"all[{index}]" : part.Any is not null ? $"any[{index}]" : "not";
                Check(inner, $"{path}.{name}", depth + 1);
            }
        }
    }

    /// <summary>A number or a day; neither: it cannot be compared with.</summary>
    public static (decimal? Number, string? Day) Operand(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => (number, null),
        JsonValueKind.String when DateOnly.TryParseExact(
            value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) =>
            (null, value.GetString()),
        _ => (null, null),
    };

    private static Remedy Unclear(string path) => new(
        $"{path} is one of all, any, not, tag, attribute (with one of equals, contains, isEmpty, greaterThan, "
        + "lessThan), sandbox, session, and campaign with result.",
        "Chaque condition porte sur une seule chose : une étiquette, une information, la Sandbox, la session ou une "
        + "campagne.");

    private bool CheckOwn(string path, FormReader form)
    {
        var kinds = new object?[] { All, Any, Not, Tag, Attribute, Sandbox, Session, Campaign }
            .Count(kind => kind is not null);
        var comparisons = new object?[] { EqualTo, Contains, IsEmpty, GreaterThan, LessThan }
            .Count(comparison => comparison is not null);
        if (kinds != 1 || comparisons != (Attribute is null ? 0 : 1) || (Result is null) != (Campaign is null))
        {
            form.Refuse(path, Unclear(path));
            return false;
        }

        if ((All ?? Any)?.Count is 0)
        {
            form.Refuse(path, new Remedy(
                $"{path} is empty: put at least one condition into it.", "Ajoutez au moins une condition."));
        }

        CheckText($"{path}.tag", Tag);
        CheckText($"{path}.attribute", Attribute);
        CheckText($"{path}.equals", EqualTo, mayBeEmpty: true);
        CheckText($"{path}.contains", Contains);
        CheckOperand($"{path}.greaterThan", GreaterThan);
        CheckOperand($"{path}.lessThan", LessThan);
        CheckWord<SandboxState>($"{path}.sandbox", Sandbox);
        CheckWord<SessionState>($"{path}.session", Session);
        CheckWord<MessageResult>($"{path}.result", Result);
        return true;

        void CheckWord<T>(string field, string? word)
            where T : struct, Enum => _ = form.Choice<T>(field, word is "" ? " " : word); // empty is none of them

        void CheckText(string field, string? text, bool mayBeEmpty = false)
        {
            if (text is not null && (text.Length > LongestText || !mayBeEmpty && string.IsNullOrWhiteSpace(text)
                || text.Any(char.IsControl)))
            {
                form.Refuse(field, new Remedy(
                    $"{field} is a text of 1 to {LongestText} characters, without control characters.",
                    $"Indiquez un texte de 1 à {LongestText} caractères, sans caractère de contrôle."));
            }
        }

        void CheckOperand(string field, JsonElement? value)
        {
            if (value is { } given && Operand(given) is (null, null))
            {
                form.Refuse(field, new Remedy(
                    $"{field} is a number, such as 10, or a day, such as \"2026-01-31\".",
                    "Indiquez un nombre, comme 10, ou un jour, comme 2026-01-31."));
            }
        }
    }
}

internal enum SessionState
{
    Open,
    Closed,
}

/// <summary>What became of the Message 1 of a campaign, for one person.</summary>
internal enum MessageResult
{
    Received,
    Read,
    NotRead,
    Replied,
    NotReplied,
    Failed,
}
