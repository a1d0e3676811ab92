using Microsoft.AspNetCore.Mvc;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What the caller says about the file; what is left out is detected.</summary>
/// <param name="Map">The fields of some columns; those of the others are told by the header's names.</param>
/// <param name="IgnoresOthers">Unless these others are to be passed over.</param>
/// <param name="Tags">Given to every contact of the file.</param>
/// <param name="IsOptOutList">The people of the file want no messages; only its phone column counts.</param>
internal sealed record ImportWishes(
    Country Country, char? Delimiter, IReadOnlyList<ImportColumn> Map, bool IgnoresOthers, IReadOnlyList<string> Tags,
    bool IsOptOutList, string? FileName)
{
    private const string OptOutList = "optOut";

    /// <summary>A delimiter by its sign or, where that is awkward in an address, by its name.</summary>
    private static readonly Dictionary<string, char> Delimiters = new(StringComparer.OrdinalIgnoreCase)
    {
        [","] = ',',
        [";"] = ';',
        ["|"] = '|',
        ["\t"] = '\t',
        ["comma"] = ',',
        ["semicolon"] = ';',
        ["pipe"] = '|',
        ["tab"] = '\t',
    };

    /// <summary>To read another file as an earlier one was read.</summary>
    public static ImportWishes Of(ImportPlan plan, string? fileName) => new(
        Country.Find(plan.Country)!, null, plan.Columns, true, plan.Tags, plan.IsOptOutList, fileName);

    public static string? ReadName(string? name, FormReader form) => form.Optional("name", name, 200);

    /// <summary>Reads the query; null if it is wrong, which <paramref name="form"/> tells.</summary>
    public static ImportWishes? Read(ImportQuery query, SandboxOptions sandbox, FormReader form)
    {
        // Without a country the sender's: who sends from a number at home mostly writes to people there.
        var country = query.Country is { Length: > 0 } name
            ? Country.Find(name)
            : Country.Of(sandbox.Number.TrimStart('+')) ?? Country.All[0];
        if (country is null)
        {
            form.Refuse("country", new Remedy(
                "country is a country's ISO 3166 name, such as FR (GET /api/contacts/countries lists them); numbers of "
                + "other countries have to be in the international form.",
                "country est le nom ISO 3166 d’un pays, comme FR (GET /api/contacts/countries en donne la liste) ; les "
                + "numéros d’autres pays doivent être au format international."));
        }

        char? delimiter = null;
        if (query.Delimiter is { Length: > 0 } sign)
        {
            delimiter = Delimiters.TryGetValue(sign, out var known) ? known : null;
            if (delimiter is null)
            {
                form.Refuse("delimiter", new Remedy(
                    "delimiter is comma, semicolon, tab or pipe.",
                    "delimiter vaut comma, semicolon, tab ou pipe."));
            }
        }

        var tags = (query.Tag ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag))
            .Select(tag => form.Required("tag", tag, ContactForm.LongestLabel)).Distinct().ToList();
        var list = query.List ?? "";
        if (list is not ("" or OptOutList))
        {
            form.Refuse("list", new Remedy(
                $"list is {OptOutList}, or is left out: then the file is one of contacts.",
                $"list vaut {OptOutList}, ou est omis : le fichier est alors une liste de contacts."));
        }

        var file = ReadName(query.Name, form);
        var map = (query.Map ?? []).Select(wish => ReadMapping(wish, form)).OfType<ImportColumn>().ToList();
        return form.IsValid ? new(country!, delimiter, map, false, tags, list == OptOutList, file) : null;
    }

    // The last colon parts the two: a column's name may have one of its own.
    private static ImportColumn? ReadMapping(string wish, FormReader form)
    {
        var colon = wish.LastIndexOf(':');
        var name = wish[..Math.Max(0, colon)];
        if (colon > 0 && ImportFields.Wished(wish[(colon + 1)..].Trim(), name) is { } field)
        {
            return new(name, field);
        }

        var fields = string.Join(", ", ImportFields.Single);
        form.Refuse("map", new Remedy(
            $"“{ImportColumns.Shown(wish)}” is no mapping: write COLUMN:FIELD, where the field is one of {fields}, "
            + $"attribute, attribute.NAME and {ImportFields.Ignore}.",
            $"« {ImportColumns.Shown(wish)} » n’est pas une correspondance : écrivez COLONNE:CHAMP, où le champ est "
            + $"{fields}, attribute, attribute.NOM ou {ImportFields.Ignore}."));
        return null;
    }
}

/// <summary>The same as the caller writes it.</summary>
internal sealed record ImportQuery
{
    /// <summary>Whose numbers national ones are, by its ISO 3166 name: FR. Left out: the sender's.</summary>
    [FromQuery(Name = "country")]
    public string? Country { get; init; }

    /// <summary>comma, semicolon, tab or pipe. Left out: as the header has it.</summary>
    [FromQuery(Name = "delimiter")]
    public string? Delimiter { get; init; }

    /// <summary>
    /// COLUMN:FIELD, as often as wanted, where the field is phone, firstName, lastName, language, tags, optedOut,
    /// attribute, attribute.NAME or ignore. Columns that are not named are told by their names.
    /// </summary>
    [FromQuery(Name = "map")]
    public string[]? Map { get; init; }

    /// <summary>Given to every contact of the file, as often as wanted.</summary>
    [FromQuery(Name = "tag")]
    public string[]? Tag { get; init; }

    /// <summary>optOut: the people of the file are opted out, and nothing else of it counts.</summary>
    [FromQuery(Name = "list")]
    public string? List { get; init; }

    /// <summary>The file's, to be shown in the history.</summary>
    [FromQuery(Name = "name")]
    public string? Name { get; init; }
}
