using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Reads the fields of a request and collects what is wrong with them, so that one answer says all.</summary>
internal sealed partial class FormReader
{
    // A text with it cannot be composed: https://www.unicode.org/faq/private_use.html#nonchar1
    private const char NoCharacter = '\uFFFE';

    private Dictionary<string, Remedy>? _errors; // a large import makes a reader for every row, and has few errors

    public bool IsValid => _errors is null;

    /// <summary>What is wrong, by field, in the order in which it was found.</summary>
    public IReadOnlyDictionary<string, Remedy> Errors => _errors ?? [];

    public ValidationProblem Problem => Problems.Fields(
        Errors.ToDictionary(error => error.Key, error => new[] { error.Value.Told() }));

    public void Refuse(string field, Remedy remedy) => (_errors ??= []).TryAdd(field, remedy);

    /// <summary>
    /// Trimmed and in Unicode's composed form, so that equal texts are equal; null if nothing is left. Control
    /// characters are refused: PostgreSQL cannot store U+0000, and nobody can see the others.
    /// </summary>
    /// <param name="prefix">Of the field's name, where something is wrong.</param>
    public string? Optional(string field, string? value, int most, string prefix = "")
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // Of printable ASCII nothing can be composed or refused: a large import comes here for every cell.
        var isPlain = !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
        text = isPlain ? text : Composed(text);
        if (text.Length > most)
        {
            Refuse(prefix + field, new Remedy(
                $"{prefix}{field} has at most {most} characters, this one has {text.Length}.",
                $"Au plus {most} caractères sont possibles, il y en a {text.Length}."));
        }

        if (!isPlain && HasControl(text))
        {
            Refuse(prefix + field, new Remedy(
                $"{prefix}{field} holds a control character, such as a line break: remove it.",
                "Il y a un caractère de contrôle, un saut de ligne par exemple : retirez-le."));
        }

        return text;
    }

    /// <summary>Like <see cref="Optional"/>, but something must be there. Empty only if refused.</summary>
    public string Required(string field, string? value, int most)
    {
        var text = Optional(field, value, most);
        if (text is null)
        {
            Refuse(field, new Remedy($"{field} is missing.", "Ce champ est obligatoire."));
        }

        return text ?? "";
    }

    /// <summary>A text that is sent as it stands, line breaks included. Empty only if refused.</summary>
    public string FreeText(string field, string? value, int most)
    {
        var text = value ?? "";
        if (string.IsNullOrWhiteSpace(text))
        {
            Refuse(field, new Remedy($"{field} is missing: the text to send.", "Écrivez le texte à envoyer."));
        }
        else if (text.Length > most)
        {
            Refuse(field, new Remedy(
                $"{field} has at most {most} characters, this one has {text.Length}.",
                $"Au plus {most} caractères sont possibles, il y en a {text.Length}."));
        }
        else if (text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')))
        {
            Refuse(field, new Remedy(
                $"{field} holds a control character: remove it.", "Il y a un caractère de contrôle : retirez-le."));
        }

        return text;
    }

    /// <summary>A tag such as <c>fr</c>, <c>fr-CA</c> or <c>en_US</c>: https://www.rfc-editor.org/info/bcp47</summary>
    public string? Language(string field, string? value)
    {
        var text = Optional(field, value, 35);
        if (text is not null && !LanguageTag().IsMatch(text))
        {
            Refuse(field, new Remedy(
                $"{field} is a language tag, such as fr, fr-CA or en_US.",
                "Indiquez une langue comme fr, fr-CA ou en_US."));
        }

        return text;
    }

    /// <summary>As the API spells it.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>One of the names of <typeparamref name="T"/> in the API's spelling; null if nothing is given.</summary>
    public T? Choice<T>(string field, string? value)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().ToDictionary(JsonNamingPolicy.CamelCase.ConvertName);
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (names.TryGetValue(value, out var name))
        {
            return Enum.Parse<T>(name);
        }

        Refuse(field, new Remedy(
            $"{field} is one of {string.Join(", ", names.Keys)}.",
            $"Valeurs possibles : {string.Join(", ", names.Keys)}."));
        return null;
    }

    // Below U+0300 nothing can be composed: that is soon seen.
    private static string Composed(string text) =>
        text.AsSpan().ContainsAnyExceptInRange('\0', '\u02FF') && !text.Contains(NoCharacter) ? text.Normalize() : text;

    private static bool HasControl(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001F') || text.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
        || text.Contains(NoCharacter);

    [GeneratedRegex("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
