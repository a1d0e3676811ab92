using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What the columns of a file hold: as the caller maps them, else by their names.</summary>
internal static class ImportColumns
{
    /// <summary>An export has a column for every attribute that anybody has.</summary>
    private const int MostColumns = 2000;

    /// <summary>Null if the mapping does not fit the file, which <paramref name="form"/> tells.</summary>
    public static List<ImportColumn>? Choose(IReadOnlyList<string> header, ImportWishes wishes, FormReader form)
    {
        if (header.Count > MostColumns)
        {
            form.Refuse("columns", new Remedy(
                $"The file has {header.Count} columns, at most {MostColumns} are possible: leave out what no message "
                + "uses.",
                $"Le fichier a {header.Count} colonnes, au plus {MostColumns} sont possibles : retirez celles dont "
                + "aucun message ne se sert."));
            return null;
        }

        // A file of rejected rows, corrected and sent again, has columns in front that were not in the first file.
        var added = header.Take(GetRejects.Reasons.Length).SequenceEqual(GetRejects.Reasons)
            ? GetRejects.Reasons.Length
            : 0;
        var columns = header.Select(name => new ImportColumn(Shown(name), ImportFields.Ignore)).ToList();
        return Map(columns, added, wishes.Map, form) is { } mapped
            ? NameOthers(columns, added, mapped, wishes)
            : null;
    }

    /// <summary>
    /// Whether contacts can be made of these columns; if not, <paramref name="form"/> tells why.
    /// </summary>
    public static bool Check(IReadOnlyList<ImportColumn> columns, FormReader form)
    {
        if (!columns.Any(column => column.Field == ImportFields.Phone))
        {
            var names = string.Join(", ", columns.Take(20).Select(column => column.Name));
            form.Refuse("phone", new Remedy(
                "No column is for the phone number: name one phone, numero or telephone in the first row, or map one. "
                + $"It has: {names}.",
                "Aucune colonne n’est celle du numéro : nommez-en une phone, numero ou telephone dans la première "
                + $"ligne, ou choisissez-la. Il y a : {names}."));
        }

        // How many of them a contact may have is a matter of its row.
        var attributes = columns.Select(column => ImportFields.AttributeName(column.Field)).OfType<string>();
        foreach (var name in attributes.Where(name =>
            name.Length is 0 or > ContactForm.LongestLabel || !ContactForm.IsAttributeName(name)))
        {
            form.Refuse("columns", new Remedy(
                $"“{Shown(name)}” cannot become an attribute: its name has 1 to {ContactForm.LongestLabel} characters, "
                + "without braces, emoji and line breaks.",
                $"« {Shown(name)} » ne peut pas devenir un attribut : son nom a 1 à {ContactForm.LongestLabel} "
                + "caractères, sans accolades, émojis ni sauts de ligne."));
        }

        return form.IsValid;
    }

    public static string Shown(string text) => text.Length > 100 ? text[..100] + "…" : text;

    /// <summary>
    /// Gives the columns their wished-for fields; the answer tells which. Of several columns of one name the first takes
    /// the first wish.
    /// </summary>
    private static HashSet<int>? Map(
        List<ImportColumn> columns, int added, IReadOnlyList<ImportColumn> wishes, FormReader form)
    {
        var mapped = new HashSet<int>();
        foreach (var wish in wishes)
        {
            var index = Enumerable.Range(added, columns.Count - added).FirstOrDefault(
                at => !mapped.Contains(at) && columns[at].Name.Trim() == wish.Name.Trim(), -1);
            if (index < 0)
            {
                form.Refuse("map", new Remedy(
                    $"The file has no column “{wish.Name}” to map. It has: {Names()}.",
                    $"Le fichier n’a pas de colonne « {wish.Name} ». Il a : {Names()}."));
                return null;
            }

            if (wish.Field != ImportFields.Ignore && columns.Exists(column => column.Field == wish.Field))
            {
                form.Refuse("map", new Remedy(
                    $"{wish.Field} is named for two columns: one column can fill it.",
                    $"{wish.Field} est choisi pour deux colonnes : une seule peut le remplir."));
                return null;
            }

            columns[index] = columns[index] with { Field = wish.Field };
            mapped.Add(index);
        }

        return mapped;

        string Names() => string.Join(", ", columns.Skip(added).Take(20).Select(column => column.Name));
    }

    /// <summary>Of two columns that could both be the phone number, the first is.</summary>
    private static List<ImportColumn> NameOthers(
        List<ImportColumn> columns, int added, HashSet<int> mapped, ImportWishes wishes)
    {
        for (var index = added; index < columns.Count && !wishes.IgnoresOthers; index++)
        {
            var field = ImportFields.Of(columns[index].Name).Field;
            if (!mapped.Contains(index) && !columns.Exists(column => column.Field == field))
            {
                columns[index] = columns[index] with { Field = field };
            }
        }

        return wishes.IsOptOutList
            ? columns.ConvertAll(column => column.Field == ImportFields.Phone
                ? column
                : column with { Field = ImportFields.Ignore })
            : columns;
    }
}
