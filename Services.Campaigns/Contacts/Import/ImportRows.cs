using System.Runtime.CompilerServices;
using CsvHelper;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The rows of a file, each as what it says about a contact or as what is wrong with it.</summary>
internal static class ImportRows
{
    /// <summary>The numbers of all rows are kept in memory, to find those that stand twice.</summary>
    private const int Most = 5_000_000;

    private static readonly Remedy TooMany = new(
        $"The file has more than {Most / 1_000_000} million rows: send it in parts.",
        $"Le fichier a plus de {Most / 1_000_000} millions de lignes : envoyez-le en plusieurs parties.");

    private static readonly Remedy Quotes = new(
        "From this line on a quote is not closed, or stands in the wrong place: a field that begins with a quote ends "
        + "with one, and a quote inside it is written twice.",
        "À partir de cette ligne, un guillemet n’est pas fermé ou est mal placé : un champ qui commence par un guillemet "
        + "se termine par un guillemet, et un guillemet à l’intérieur s’écrit deux fois.");

    private static readonly Remedy TooLong = new(
        "The row that begins in this line is longer than 1 MB: perhaps a quote is not closed, or the line ends are "
        + "missing.",
        "La ligne qui commence ici dépasse 1 Mo : un guillemet n’est peut-être pas fermé, ou les fins de ligne manquent.");

    private static readonly Remedy NoPhone = new("The phone number is missing.", "Le numéro de téléphone manque.");

    private static readonly char[] BetweenTags = [',', ';', '|'];
    private static readonly string[] Yes = ["yes", "true", "1", "x", "oui", "vrai"];
    private static readonly string[] No = ["no", "false", "0", "non", "faux"];

    /// <summary>How many rows there are: goes through all of the file, without looking into them.</summary>
    /// <exception cref="ImportFileException">The file cannot be read to its end.</exception>
    public static async Task<int> CountAsync(Stream file, ImportPlan plan, CancellationToken cancellationToken)
    {
        var rows = 0;
        await foreach (var csv in RecordsAsync(file, plan, cancellationToken))
        {
            if (++rows > Most)
            {
                throw new ImportFileException(csv.LineNumber, TooMany);
            }
        }

        return rows;
    }

    /// <exception cref="ImportFileException">The file cannot be read to its end.</exception>
    public static async IAsyncEnumerable<ImportRow> ReadAsync(
        Stream file, ImportPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var country = Country.Find(plan.Country)!;
        var names = plan.Columns.Select(column => ImportFields.AttributeName(column.Field)).ToArray();
        var attributes = new Dictionary<string, string?>();
        await foreach (var csv in RecordsAsync(file, plan, cancellationToken))
        {
            yield return Read(csv, plan, country, names, attributes);
        }
    }

    private static async IAsyncEnumerable<CsvReader> RecordsAsync(
        Stream file, ImportPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CsvMalformedRecord? malformed = null;
        var options = CsvSniffer.Options(plan.Encoding, plan.Delimiter) with
        {
            PoolStrings = false,
            // A quote inside a name without quotes is a letter like others; the other mistakes swallow what follows.
            OnMalformedRecord = record =>
                malformed ??= record.Reason is CsvMalformedReason.StrayQuote ? null : record,
        };
        await using var csv = CsvReader.Create(file, options);
        while (true)
        {
            bool any;
            try
            {
                any = await csv.ReadAsync(cancellationToken);
            }
            catch (CsvFormatException exception)
            {
                throw new ImportFileException(exception.LineNumber, TooLong);
            }

            if (malformed is { LineNumber: var line })
            {
                throw new ImportFileException(line, Quotes);
            }

            if (!any)
            {
                break;
            }

            yield return csv;
        }
    }

    /// <param name="names">Of the attributes, by column.</param>
    /// <param name="attributes">Of one row after the other.</param>
    private static ImportRow Read(
        CsvReader csv, ImportPlan plan, Country country, string?[] names, Dictionary<string, string?> attributes)
    {
        if (IsTooLong(csv, plan.Columns.Count))
        {
            return Reject(csv, "columns", TooManyCells(csv.FieldCount, plan));
        }

        string? phone = null, firstName = null, lastName = null, language = null, tags = null, optedOut = "";
        attributes.Clear();
        for (var index = 0; index < plan.Columns.Count && index < csv.FieldCount; index++)
        {
            var field = plan.Columns[index].Field;
            if (csv.IsEmpty(index) || field is ImportFields.Ignore)
            {
                continue;
            }

            var cell = CsvCell.Restore(csv.GetString(index));
            switch (field)
            {
                case ImportFields.Phone: phone = cell; break;
                case ImportFields.FirstName: firstName = cell; break;
                case ImportFields.LastName: lastName = cell; break;
                case ImportFields.Language: language = cell; break;
                case ImportFields.Tags: tags = cell; break;
                case ImportFields.OptedOut: optedOut = cell.Trim(); break;
                case var _ when !string.IsNullOrWhiteSpace(cell):
                    attributes[names[index]!] = cell;
                    break;
                default: break;
            }
        }

        var form = new ContactForm
        {
            Phone = phone,
            FirstName = firstName,
            LastName = lastName,
            Language = language,
            Tags = tags is null ? plan.Tags
                : plan.Tags.Count == 0 && tags.AsSpan().IndexOfAny(BetweenTags) < 0 ? tags.Trim() is "" ? [] : [tags]
                : [.. plan.Tags, .. tags.Split(
                    BetweenTags, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            Attributes = attributes,
        };
        var isOut = plan.IsOptOutList
            || optedOut.Length > 0 && Yes.Contains(optedOut, StringComparer.OrdinalIgnoreCase);
        _ = form.TryRead(country, out var details, out var mistakes);
        if (!isOut && optedOut.Length > 0 && !No.Contains(optedOut, StringComparer.OrdinalIgnoreCase))
        {
            mistakes.Refuse(ImportFields.OptedOut, new Remedy(
                $"{ImportFields.OptedOut} is yes or no.", $"{ImportFields.OptedOut} vaut oui ou non."));
        }

        if (mistakes.IsValid)
        {
            return new((int)csv.RowNumber, csv.LineNumber, details, isOut, null);
        }

        var (where, reason) = mistakes.Errors.First();
        return Reject(
            csv, where, where == ImportFields.Phone && string.IsNullOrWhiteSpace(phone) ? NoPhone : reason);
    }

    private static ImportRow Reject(CsvReader csv, string field, Remedy reason) => new(
        (int)csv.RowNumber, csv.LineNumber, null, false, new(
            field, reason, [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString).Select(CsvCell.Restore)]));

    // Spreadsheets like to add empty ones.
    private static bool IsTooLong(CsvReader csv, int columns)
    {
        for (var index = columns; index < csv.FieldCount; index++)
        {
            if (!csv.IsEmpty(index))
            {
                return true;
            }
        }

        return false;
    }

    private static Remedy TooManyCells(int cells, ImportPlan plan)
    {
        var (english, french) = plan.Delimiter switch
        {
            ';' => ("semicolon", "un point-virgule"),
            '\t' => ("tab", "une tabulation"),
            '|' => ("bar", "une barre verticale"),
            _ => ("comma", "une virgule"),
        };
        return new(
            $"{cells} cells, but {plan.Columns.Count} columns: perhaps a {english} inside a value is not in quotes.",
            $"{cells} cellules pour {plan.Columns.Count} colonnes : peut-être {french} à l’intérieur d’une valeur sans "
            + "guillemets.");
    }
}

/// <param name="Number">Counted without the header.</param>
/// <param name="Line">In the file, where it begins.</param>
/// <param name="Details">Null if the row is rejected.</param>
internal sealed record ImportRow(
    int Number, long Line, ContactDetails? Details, bool OptedOut, RejectedRow? Rejected);

/// <param name="Field">What is wrong: phone, columns, language, attributes.city …</param>
/// <param name="Cells">All of the row, as its values are: nothing stands in front of what looks like a formula.</param>
internal sealed record RejectedRow(string Field, Remedy Reason, IReadOnlyList<string> Cells);

/// <summary>The file cannot be read to its end.</summary>
internal sealed class ImportFileException(long line, Remedy remedy) : Exception(remedy.English)
{
    public ImportError Error => new("file", line > 0 ? line : null, remedy);
}
