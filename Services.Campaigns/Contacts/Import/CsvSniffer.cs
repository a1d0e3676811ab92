using CsvHelper;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Reads the beginning of a file and tells how the rest is to be read, or what is wrong with it.</summary>
internal static class CsvSniffer
{
    /// <summary>The longest row, in bytes of UTF-8, header included.</summary>
    public const int LongestRow = 1 << 20;

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

    /// <summary>
    /// Null if the file cannot be taken, which <paramref name="form"/> tells. Whether its columns make contacts is not
    /// checked yet.
    /// </summary>
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
                "file", new Remedy(
                    "The first row is longer than 1 MB: it has to be the names of the columns, on a line of its own.",
                    "La première ligne dépasse 1 Mo : elle doit contenir les noms des colonnes, sur une ligne à elle."));
            return null;
        }

        var header = csv.Headers.Select(CsvCell.Restore).ToList();
        if (ImportColumns.Choose(header, wishes, form) is not { } columns)
        {
            return null;
        }

        var samples = await ReadSamplesAsync(csv, header.Count, cancellationToken);
        return new(
            new(encoding, csv.Separator, LanguageOf(header), wishes.Country.Name, columns, wishes.Tags,
                wishes.IsOptOutList),
            samples);
    }

    // What people send by mistake.
    private static Remedy? Complaint(ReadOnlySpan<byte> start) => start switch
    {
        [] => new(
            "The file is empty: send a CSV file whose first row names the columns.",
            "Le fichier est vide : envoyez un fichier CSV dont la première ligne nomme les colonnes."),
        [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..] =>
            new(
                "This is a workbook, no CSV file: save it in the spreadsheet as CSV (UTF-8).",
                "C’est un classeur, pas un fichier CSV : enregistrez-le dans le tableur au format CSV (UTF-8)."),
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => new(
            "This is a PDF, no CSV file: export the list as CSV.",
            "C’est un PDF, pas un fichier CSV : exportez la liste au format CSV."),
        _ when TextEncodings.Detect(start) is TextEncodings.Utf8 or TextEncodings.Windows1252
            && start.Contains((byte)0) =>
            new(
                "This is no text: send a CSV file, as a spreadsheet saves it under that name.",
                "Ce n’est pas du texte : envoyez un fichier CSV, tel qu’un tableur l’enregistre sous ce nom."),
        _ => null,
    };

    private static async Task<List<string[]>> ReadSamplesAsync(
        CsvReader csv, int columns, CancellationToken cancellationToken)
    {
        var samples = new List<string[]>();
        try
        {
            while (samples.Count < Samples && await csv.ReadAsync(cancellationToken))
            {
                samples.Add([.. Enumerable.Range(0, columns).Select(column => ImportColumns.Shown(csv.GetString(column)))]);
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
