namespace Services.Campaigns;

/// <summary>What the caller says about the file; what is left out is detected.</summary>
/// <param name="Columns">A field for each column, in their order; null: by the names in the header.</param>
internal sealed record ImportWishes(
    Country Country, char? Delimiter, IReadOnlyList<string>? Columns, IReadOnlyList<string> Tags, string? FileName)
{
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

    /// <summary>Reads the query; null if it is wrong, which <paramref name="form"/> tells.</summary>
    public static ImportWishes? Read(IQueryCollection query, SandboxOptions sandbox, FormReader form)
    {
        // Without a country the sender's: who sends from a number at home mostly writes to people there.
        var country = query["country"].FirstOrDefault() is { Length: > 0 } name
            ? Country.Find(name)
            : Country.Of(sandbox.Number.TrimStart('+')) ?? Country.All[0];
        if (country is null)
        {
            form.Refuse(
                "country", $"country is one of {string.Join(", ", Country.All.SelectMany(known => known.Names))}; "
                + "numbers of other countries have to be in the international form.");
        }

        char? delimiter = null;
        if (query["delimiter"].FirstOrDefault() is { Length: > 0 } sign)
        {
            delimiter = Delimiters.TryGetValue(sign, out var known) ? known : null;
            if (delimiter is null)
            {
                form.Refuse("delimiter", "delimiter is comma, semicolon, tab or pipe.");
            }
        }

        var tags = query["tag"].Where(tag => !string.IsNullOrWhiteSpace(tag))
            .Select(tag => form.Required("tag", tag, ContactForm.LongestLabel)).Distinct().ToList();
        var file = form.Optional("name", query["name"].FirstOrDefault(), 200);
        var columns = query["columns"].FirstOrDefault() is { Length: > 0 } list ? ReadColumns(list, form) : null;
        return form.IsValid ? new(country!, delimiter, columns, tags, file) : null;
    }

    private static List<string> ReadColumns(string list, FormReader form)
    {
        var fields = list.Split(',', StringSplitOptions.TrimEntries).ToList();
        if (fields.Find(field => !ImportFields.Exists(field)) is { } unknown)
        {
            form.Refuse(
                "columns", $"“{unknown}” is no field: columns takes {string.Join(", ", ImportFields.Single)}, "
                + $"{ImportFields.Attribute} and a name, and {ImportFields.Ignore}.");
        }

        return fields;
    }
}
