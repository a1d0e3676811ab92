using CsvHelper;

namespace Services.Campaigns;

/// <summary>Reads the beginning of a file and tells how the rest is to be read, or what is wrong with it.</summary>
internal static class CsvSniffer
{
    /// <summary>The longest row, in bytes of UTF-8, header included.</summary>
    public const int LongestRow = 1 << 20;

    private const int MostColumns = 200;
    private const int Samples = 3;

    /// <summary>The settings of every reader of such files.</summary>
    public static CsvReaderOptions Options(string encoding, char? delimiter) => new()
    {
        Encoding = TextEncodings.Get(encoding),
        Separator = delimiter,
        MaxRecordSize = LongestRow,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
    };

    /// <summary>Null if the file cannot be taken, which <paramref name="form"/> tells.</summary>
    public static async Task<SniffedFile?> ReadAsync(
        ReadOnlyMemory<byte> start, ImportWishes wishes, FormReader form, CancellationToken cancellationToken)
    {
        if (Complaint(start.Span) is { } complaint)
        {
            form.Refuse("file", complaint);
            return null;
        }

        var encoding = TextEncodings.Detect(start.Span);
        await using var csv = CsvReader.Create(start, Options(encoding, wishes.Delimiter));
        try
        {
            await csv.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException)
        {
            form.Refuse(
                "file",
                "The first row is longer than 1 MB: it has to be the names of the columns, on a line of its own.");
            return null;
        }

        var header = csv.Headers.Select(CsvCell.Restore).ToList();
        if (ReadColumns(header, wishes, form) is not { } columns)
        {
            return null;
        }

        var samples = await ReadSamplesAsync(csv, header.Count, cancellationToken);
        return new(
            new(encoding, csv.Separator, LanguageOf(header), wishes.Country.Name, columns, wishes.Tags), samples);
    }

    // What people send by mistake.
    private static string? Complaint(ReadOnlySpan<byte> start) => start switch
    {
        [] => "The file is empty: send a CSV file whose first row names the columns.",
        [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..] =>
            "This is a workbook, no CSV file: save it in the spreadsheet as CSV (UTF-8).",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "This is a PDF, no CSV file: export the list as CSV.",
        _ when TextEncodings.Detect(start) is TextEncodings.Utf8 or TextEncodings.Windows1252
            && start.Contains((byte)0) =>
            "This is no text: send a CSV file, as a spreadsheet saves it under that name.",
        _ => null,
    };

    private static List<ImportColumn>? ReadColumns(List<string> header, ImportWishes wishes, FormReader form)
    {
        if (header.Count > MostColumns)
        {
            form.Refuse(
                "columns", $"The file has {header.Count} columns, at most {MostColumns} are possible: leave out what "
                + "no message uses.");
            return null;
        }

        if (wishes.Columns is { } wanted && wanted.Count != header.Count)
        {
            form.Refuse("columns", $"columns names {wanted.Count} fields, the file has {header.Count} columns.");
            return null;
        }

        // A file of rejected rows, corrected and sent again.
        var isRejects = header.Take(GetRejects.Reasons.Length).SequenceEqual(GetRejects.Reasons);
        // Of two columns that could both be the phone number, the first is.
        var columns = new List<ImportColumn>();
        foreach (var (index, name) in header.Index())
        {
            var field = wishes.Columns?[index]
                ?? (isRejects && index < GetRejects.Reasons.Length ? ImportFields.Ignore : ImportFields.Of(name).Field);
            if (columns.Exists(column => column.Field != ImportFields.Ignore && column.Field == field))
            {
                if (wishes.Columns is not null)
                {
                    form.Refuse("columns", $"{field} is named for two columns: one column can fill it.");
                    return null;
                }

                field = ImportFields.Ignore;
            }

            columns.Add(new(Shown(name), field));
        }

        Check(columns, form);
        return form.IsValid ? columns : null;
    }

    private static void Check(List<ImportColumn> columns, FormReader form)
    {
        if (!columns.Exists(column => column.Field == ImportFields.Phone))
        {
            form.Refuse(
                "phone", "No column is for the phone number: name one phone, numero or telephone in the first row. "
                + $"It has: {string.Join(", ", columns.Take(20).Select(column => column.Name))}.");
        }

        var attributes = columns
            .Where(column => column.Field.StartsWith(ImportFields.Attribute, StringComparison.Ordinal)).ToList();
        if (attributes.Count > ContactForm.MostAttributes)
        {
            form.Refuse(
                "columns", $"{attributes.Count} columns would become attributes, a contact has at most "
                + $"{ContactForm.MostAttributes}: leave out what no message uses.");
        }

        foreach (var column in attributes)
        {
            var name = column.Field[ImportFields.Attribute.Length..];
            if (name.Length > ContactForm.LongestLabel || !ContactForm.IsAttributeName(name))
            {
                form.Refuse(
                    "columns", $"The column “{column.Name}” cannot become an attribute: its name has at most "
                    + $"{ContactForm.LongestLabel} characters, without braces, emoji and line breaks.");
            }
        }
    }

    private static string Shown(string name) => name.Length > 100 ? name[..100] + "…" : name;

    private static async Task<List<string[]>> ReadSamplesAsync(
        CsvReader csv, int columns, CancellationToken cancellationToken)
    {
        var samples = new List<string[]>();
        try
        {
            while (samples.Count < Samples && await csv.ReadAsync(cancellationToken))
            {
                samples.Add([.. Enumerable.Range(0, columns).Select(column => Shown(csv.GetString(column)))]);
            }
        }
        catch (CsvFormatException)
        {
            // The import itself will say so; the samples only help to choose.
        }

        return samples;
    }

    private static string? LanguageOf(List<string> header)
    {
        var languages = header.Select(name => ImportFields.Of(name).Language).ToList();
        var (french, english) = (languages.Count(name => name == "fr"), languages.Count(name => name == "en"));
        return french > english ? "fr" : english > french ? "en" : null;
    }
}

/// <param name="Samples">The first rows.</param>
internal sealed record SniffedFile(ImportPlan Plan, IReadOnlyList<string[]> Samples);
