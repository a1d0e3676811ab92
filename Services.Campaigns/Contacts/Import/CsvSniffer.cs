using System.Buffers;
using System.Text;
using CsvHelper;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Reads the beginning of a file and tells how the rest is to be read, or what is wrong with it.</summary>
internal static class CsvSniffer
{
    /// <summary>The longest row, in bytes of UTF-8, header included.</summary>
    public const int LongestRow = 1 << 20;

    private const int Samples = 3;

    // What begins so is JSON, whatever a column may be called.
    private static readonly SearchValues<byte> InBrackets = SearchValues.Create("\"{[}]"u8);

    private static readonly string[] Markup = ["<!", "<?", "<html", "<head", "<body", "<table", "<div", "<p>"];

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
    /// <param name="start">The first bytes of the file.</param>
    /// <param name="isWhole">It has no others.</param>
    /// <param name="wishes">How to read it.</param>
    public static async Task<SniffedFile?> ReadAsync(
        ReadOnlyMemory<byte> start, bool isWhole, ImportWishes wishes, FormReader form,
        CancellationToken cancellationToken)
    {
        var encoding = TextEncodings.Detect(start.Span, isWhole);
        if (Complaint(start.Span, encoding) is { } complaint)
        {
            form.Refuse("file", complaint);
            return null;
        }

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
    private static Remedy? Complaint(ReadOnlySpan<byte> start, string encoding) => start switch
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
        _ when encoding is TextEncodings.Utf8 or TextEncodings.Windows1252 && start.Contains((byte)0) =>
            new(
                "This is no text: send a CSV file, as a spreadsheet saves it under that name.",
                "Ce n’est pas du texte : envoyez un fichier CSV, tel qu’un tableur l’enregistre sous ce nom."),
        _ when IsJson(start) => new(
            "This is JSON, no CSV file: send the list as CSV, whose first row names the columns.",
            "C’est du JSON, pas un fichier CSV : envoyez la liste au format CSV, dont la première ligne nomme les "
            + "colonnes."),
        _ when IsMarkup(start) => new(
            "This is a web page or XML, no CSV file: perhaps the download has failed. Export the list as CSV.",
            "C’est une page web ou du XML, pas un fichier CSV : le téléchargement a peut-être échoué. Exportez la "
            + "liste au format CSV."),
        _ => null,
    };

    private static bool IsJson(ReadOnlySpan<byte> start) => Beyond(start) is [(byte)'{' or (byte)'[', .. var rest]
        && rest.TrimStart(" \t\r\n"u8) is [var next, ..] && InBrackets.Contains(next);

    private static bool IsMarkup(ReadOnlySpan<byte> start)
    {
        var text = Beyond(start);
        var first = Encoding.ASCII.GetString(text[..Math.Min(text.Length, 10)]);
        return Markup.Any(tag => first.StartsWith(tag, StringComparison.OrdinalIgnoreCase));
    }

    // A byte-order mark and empty lines say nothing.
    private static ReadOnlySpan<byte> Beyond(ReadOnlySpan<byte> start) =>
        (start is [0xEF, 0xBB, 0xBF, .. var text] ? text : start).TrimStart(" \t\r\n"u8);

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
