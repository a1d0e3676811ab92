using System.Text.RegularExpressions;

namespace Frontend.Components;

/// <summary>A free text as one person will read it: the API fills it in the same way when it is sent.</summary>
public static partial class PersonalText
{
    private const string AttributesPrefix = "attributes.";

    /// <summary>With the person's fields and attributes; what they lack leaves nothing.</summary>
    public static string For(string text, Contact person) => Place().Replace(text, place =>
    {
        var name = NameOf(place);
        return name.ToLowerInvariant() switch
        {
            "firstname" => person.FirstName,
            "lastname" => person.LastName,
            "phone" => person.Phone,
            "language" => person.Language,
            _ => person.Attributes.GetValueOrDefault(
                name.StartsWith(AttributesPrefix, StringComparison.Ordinal) ? name[AttributesPrefix.Length..] : name),
        } ?? "";
    });

    /// <summary>The names between double braces, each once, in the order of the text.</summary>
    public static IReadOnlyList<string> PlacesIn(string? text) =>
        [.. Place().Matches(text ?? "").Select(NameOf).Distinct()];

    /// <summary>A template's text with these values; what has none stays as it is written.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string?> values) => Place().Replace(text, place =>
        values.GetValueOrDefault(NameOf(place)) is { Length: > 0 } value ? value : place.Value);

    private static string NameOf(Match place) => place.ValueSpan[2..^2].Trim().ToString().Normalize();

    [GeneratedRegex(@"\{\{[^{}\p{Cc}\p{Cs}]*[^{}\p{Cc}\p{Cs}\s][^{}\p{Cc}\p{Cs}]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
