using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// A text with places for values: <c>Bonjour {{firstName}}, à {{city}}</c>. The values are a contact's fields
/// (<c>firstName</c>, <c>lastName</c>, <c>phone</c>, <c>language</c>) and attributes (<c>city</c> or
/// <c>attributes.city</c>), or, in a template's body, its variables (<c>{{1}}</c>). A missing value leaves nothing.
/// </summary>
/// <remarks>
/// Rendered in C# for one person and in SQL for a whole audience; both give the same text, as a property test proves.
/// </remarks>
internal sealed partial class MessageText
{
    private const string AttributesPrefix = "attributes.";

    // What may not stand in a template's variable: https://www.twilio.com/docs/api/errors/21656,
    // https://www.twilio.com/docs/api/errors/63013. The same two patterns run in .NET and in PostgreSQL.
    private const string Breaks = @"[\u0001-\u001F\u007F-\u009F\u2028\u2029]+";
    private const string TooManySpaces = " {5,}";

    /// <summary>What becomes of a variable that has nothing else is nothing: the same signs, and the space.</summary>
    private static readonly string Blank = string.Concat(
        Enumerable.Range(1, 0x1F).Concat(Enumerable.Range(0x7F, 0x21)).Concat([0x2028, 0x2029, ' '])
            .Select(letter => (char)letter));

    /// <summary>Of a variable that is never empty, as SQL.</summary>
    public const string Never = "false";

    private readonly IReadOnlyList<Segment> _segments;
    private readonly bool _isVariable;

    private MessageText(string pattern, bool isVariable)
    {
        _segments = [.. Split(pattern)];
        _isVariable = isVariable;
        Placeholders = [.. _segments.Where(s => s.IsPlaceholder).Select(s => s.Text).Distinct()];
        Mistake = _segments.Any(segment => !segment.IsPlaceholder && HasBraces(segment.Text))
            ? new(
                "A placeholder is written with two braces on both sides and a name between them, such as {{firstName}}.",
                "Une variable s’écrit avec deux accolades de chaque côté et un nom au milieu, comme {{firstName}}.")
            : null;
    }

    /// <summary>The names between the braces, each once, in the order of the text.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <summary>What to correct, if braces are left over that people would read in the message; else null.</summary>
    public Remedy? Mistake { get; }

    /// <summary>Free text, or a template's body.</summary>
    public static MessageText Parse(string pattern) => new(pattern, isVariable: false);

    /// <summary>
    /// The value of a template's variable: what WhatsApp does not take there (line breaks, tabs, more than four spaces
    /// in a row, spaces at the ends) is taken out of the result. An empty result must not be sent.
    /// </summary>
    public static MessageText ParseVariable(string pattern) => new(pattern, isVariable: true);

    /// <summary>With the value that <paramref name="valueOf"/> gives for each name; null for a missing one.</summary>
    public string Render(Func<string, string?> valueOf)
    {
        var text = string.Concat(_segments.Select(segment =>
            segment.IsPlaceholder ? valueOf(segment.Text) : segment.Text));
        return _isVariable ? TooManySpacesRegex().Replace(BreaksRegex().Replace(text, " "), " ").Trim(' ') : text;
    }

    /// <summary>With the fields and attributes of <paramref name="contact"/>.</summary>
    public string Render(Contact contact) => Render(name => FieldOf(name) switch
    {
        Field.FirstName => contact.FirstName,
        Field.LastName => contact.LastName,
        Field.Phone => contact.Phone,
        Field.Language => contact.Language,
        _ => contact.Attributes.GetValueOrDefault(AttributeOf(name)),
    });

    /// <summary>
    /// An SQL expression of type text over <c>contacts c</c> with the same result as <see cref="Render(Contact)"/>;
    /// never null. <paramref name="addParameter"/> takes a value and returns its placeholder, for example <c>$1</c>.
    /// </summary>
    public string ToSql(Func<object, string> addParameter) =>
        ToSql(addParameter, name => ColumnOf(name, addParameter));

    /// <summary>
    /// Whether that expression of a variable is empty, for a fraction of the cost: nothing is put together for the
    /// million people who are only counted.
    /// </summary>
    public string IsEmptySql(Func<object, string> addParameter)
    {
        if (_segments.Any(segment => !segment.IsPlaceholder && segment.Text.Trim(Blank.ToCharArray()).Length > 0))
        {
            return Never;
        }

        // Most values begin with a letter or a digit, which is seen without looking for sixty signs.
        var text = "concat('', " + string.Join(
            ", ", Placeholders.Select(name => ColumnOf(name, addParameter)).DefaultIfEmpty("''")) + ")";
        return $"(ascii({text}) not between 48 and 122 and btrim({text}, {addParameter(Blank)}::text) = '')";
    }

    /// <summary>The same with SQL expressions of the caller's own in the places of the names.</summary>
    public string ToSql(Func<object, string> addParameter, Func<string, string> expressionOf)
    {
        // concat() skips nulls; the empty text keeps it valid without segments.
        var text = new StringBuilder("concat(''");
        foreach (var segment in _segments)
        {
            text.Append(CultureInfo.InvariantCulture, $", {(segment.IsPlaceholder
                ? expressionOf(segment.Text)
                : $"{addParameter(segment.Text)}::text")}");
        }

        text.Append(')');
        return _isVariable
            ? $"btrim(regexp_replace(regexp_replace({text}, '{Breaks}', ' ', 'g'), '{TooManySpaces}', ' ', 'g'), ' ')"
            : text.ToString();
    }

    private static IEnumerable<Segment> Split(string pattern)
    {
        var end = 0;
        foreach (Match match in PlaceholderRegex().Matches(pattern))
        {
            if (match.Index > end)
            {
                yield return new(pattern[end..match.Index], IsPlaceholder: false);
            }

            end = match.Index + match.Length;
            yield return new(match.ValueSpan[2..^2].Trim().ToString().Normalize(), IsPlaceholder: true);
        }

        if (end < pattern.Length)
        {
            yield return new(pattern[end..], IsPlaceholder: false);
        }
    }

    private static bool HasBraces(string text) =>
        text.Contains("{{", StringComparison.Ordinal) || text.Contains("}}", StringComparison.Ordinal);

    /// <summary>The column of a name; null where the contact has no value.</summary>
    internal static string ColumnOf(string name, Func<object, string> addParameter) => FieldOf(name) switch
    {
        Field.FirstName => "c.first_name",
        Field.LastName => "c.last_name",
        Field.Phone => "c.phone",
        Field.Language => "c.language",
        _ => $"(c.attributes ->> {addParameter(AttributeOf(name))}::text)",
    };

    private static Field FieldOf(string name) => name.ToLowerInvariant() switch
    {
        "firstname" => Field.FirstName,
        "lastname" => Field.LastName,
        "phone" => Field.Phone,
        "language" => Field.Language,
        _ => Field.Attribute,
    };

    private static string AttributeOf(string name) =>
        name.StartsWith(AttributesPrefix, StringComparison.Ordinal) ? name[AttributesPrefix.Length..] : name;

    private enum Field
    {
        Attribute,
        FirstName,
        LastName,
        Phone,
        Language,
    }

    private readonly record struct Segment(string Text, bool IsPlaceholder);

    [GeneratedRegex(@"\{\{[^{}\p{Cc}\p{Cs}]*[^{}\p{Cc}\p{Cs}\s][^{}\p{Cc}\p{Cs}]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex PlaceholderRegex();

    [GeneratedRegex(Breaks, RegexOptions.CultureInvariant)]
    private static partial Regex BreaksRegex();

    [GeneratedRegex(TooManySpaces, RegexOptions.CultureInvariant)]
    private static partial Regex TooManySpacesRegex();
}
