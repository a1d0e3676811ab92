using System.Globalization;
using System.Text;

namespace Services.Campaigns;

/// <summary>How a file of contacts is read.</summary>
/// <param name="HeaderLanguage">fr or en, as most names in the header are; null if they say nothing.</param>
/// <param name="Country">Whose numbers national ones are, by its ISO 3166 name.</param>
/// <param name="Tags">Given to every contact of the file.</param>
/// <param name="IsOptOutList">The people of the file want no messages, and nothing else of it counts.</param>
internal sealed record ImportPlan(
    string Encoding, char Delimiter, string? HeaderLanguage, string Country, IReadOnlyList<ImportColumn> Columns,
    IReadOnlyList<string> Tags, bool IsOptOutList = false);

/// <param name="Name">As the header has it.</param>
/// <param name="Field">One of <see cref="ImportFields"/>.</param>
internal sealed record ImportColumn(string Name, string Field);

/// <summary>What a column can hold.</summary>
internal static class ImportFields
{
    public const string Phone = "phone";
    public const string FirstName = "firstName";
    public const string LastName = "lastName";
    public const string Language = "language";
    public const string Tags = "tags";

    /// <summary>Whether the person wants no messages. It can say so, and never the contrary.</summary>
    public const string OptedOut = "optedOut";

    public const string Ignore = "ignore";

    /// <summary>Followed by the attribute's name.</summary>
    public const string Attribute = "attributes.";

    /// <summary>Those of which a file has one column at most.</summary>
    public static readonly IReadOnlyList<string> Single = [Phone, FirstName, LastName, Language, Tags, OptedOut];

    private static readonly Dictionary<string, (string Field, string? Language)> Names = new()
    {
        ["phone"] = (Phone, "en"),
        ["phonenumber"] = (Phone, "en"),
        ["mobile"] = (Phone, null),
        ["mobilephone"] = (Phone, "en"),
        ["cellphone"] = (Phone, "en"),
        ["whatsapp"] = (Phone, null),
        ["numero"] = (Phone, "fr"),
        ["ndetelephone"] = (Phone, "fr"),
        ["telephone"] = (Phone, null),
        ["tel"] = (Phone, null),
        ["numerodetelephone"] = (Phone, "fr"),
        ["telephonemobile"] = (Phone, "fr"),
        ["portable"] = (Phone, "fr"),
        ["telephoneportable"] = (Phone, "fr"),
        ["gsm"] = (Phone, null),
        ["firstname"] = (FirstName, "en"),
        ["givenname"] = (FirstName, "en"),
        ["prenom"] = (FirstName, "fr"),
        ["lastname"] = (LastName, "en"),
        ["surname"] = (LastName, "en"),
        ["familyname"] = (LastName, "en"),
        ["nom"] = (LastName, "fr"),
        ["nomdefamille"] = (LastName, "fr"),
        ["language"] = (Language, "en"),
        ["locale"] = (Language, null),
        ["langue"] = (Language, "fr"),
        ["tags"] = (Tags, "en"),
        ["tag"] = (Tags, "en"),
        ["labels"] = (Tags, "en"),
        ["etiquettes"] = (Tags, "fr"),
        ["etiquette"] = (Tags, "fr"),
        ["optedout"] = (OptedOut, "en"),
        ["optout"] = (OptedOut, "en"),
        ["desinscrit"] = (OptedOut, "fr"),
    };

    /// <summary>What a column of this name holds, and which language the name is in.</summary>
    public static (string Field, string? Language) Of(string name) => Names.GetValueOrDefault(Folded(name)) switch
    {
        { Field: not null } known => known,
        _ when string.IsNullOrWhiteSpace(name) || ExportContacts.Computed.Contains(name) => (Ignore, null),
        _ => (Attribute + AttributeOf(name), null),
    };

    private static string AttributeOf(string column) =>
        (column.StartsWith(Attribute, StringComparison.OrdinalIgnoreCase) ? column[Attribute.Length..] : column)
        .Trim().Normalize();

    /// <summary>The field, all attributes alike.</summary>
    public static string KindOf(string field) => AttributeName(field) is null ? field : "attribute";

    /// <summary>Null: the field is no attribute.</summary>
    public static string? AttributeName(string field) =>
        field.StartsWith(Attribute, StringComparison.Ordinal) ? field[Attribute.Length..] : null;

    /// <summary>The field that somebody wants for a column; null if there is none of this name.</summary>
    /// <param name="wish">As above; also attribute, of the column's own name, or attribute.NAME.</param>
    /// <param name="column">The column's name.</param>
    public static string? Wished(string wish, string column) => wish switch
    {
        "attribute" => Attribute + AttributeOf(column),
        _ when wish.StartsWith("attribute.", StringComparison.Ordinal) => Wished($"{Attribute}{wish[10..]}", column),
        _ when wish.StartsWith(Attribute, StringComparison.Ordinal) => Attribute + AttributeOf(wish),
        Ignore => Ignore,
        _ => Single.Contains(wish) ? wish : null,
    };

    // "N° de téléphone" and "Prénom" as telephone and prenom: letters only, without case and accents.
    private static string Folded(string name)
    {
        var letters = new StringBuilder(name.Length);
        foreach (var letter in name.Normalize(NormalizationForm.FormD).Where(char.IsAsciiLetterOrDigit))
        {
            letters.Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        return letters.ToString();
    }
}
