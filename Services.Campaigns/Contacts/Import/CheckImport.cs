using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Says how a file would be read, for somebody who maps its columns. The beginning of the file is enough, and nothing of
/// it is kept.
/// </summary>
internal static class CheckImport
{
    /// <summary>So much of the file is looked at, in bytes and in rows.</summary>
    private const int Most = 1 << 16;
    private const int MostRows = 200;

    private const int MostProblems = 20;

    public static async Task<Results<Ok<CheckImportAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        HttpRequest request, [AsParameters] ImportQuery query, IOptions<SandboxOptions> sandbox,
        CancellationToken cancellationToken)
    {
        var language = request.Language();
        var form = new FormReader();
        if (ImportWishes.Read(query, sandbox.Value, form) is not { } wishes)
        {
            return form.Problem;
        }

        if (await UploadedFile.OpenAsync(request, cancellationToken) is not { } file)
        {
            return UploadedFile.Missing(language);
        }

        var start = new byte[Most];
        var length = await file.ReadAsync(start, cancellationToken);
        var rest = length < Most ? [] : new byte[Most];
        while (rest.Length > 0 && await file.ReadAsync(rest, cancellationToken) == rest.Length)
        {
            // Passed over: an answer before the end would cut the sender off.
        }

        if (await CsvSniffer.ReadAsync(
            start.AsMemory(0, length), length < Most, wishes, form, cancellationToken) is not { } sniffed)
        {
            return form.Problem;
        }

        var (rows, problems) = await LookAsync(
            new(start, 0, length, writable: false, publiclyVisible: true), length == Most, sniffed.Plan, language,
            cancellationToken);
        return TypedResults.Ok(new CheckImportAnswer(
            sniffed.Plan.Delimiter, sniffed.Plan.Encoding, sniffed.Plan.HeaderLanguage, sniffed.Plan.Country,
            [.. sniffed.Plan.Columns.Select((column, index) => new CheckImportAnswer.Column(
                column.Name, ImportFields.KindOf(column.Field),
                [.. sniffed.Samples.Select(row => CsvCell.Restore(row[index]))]))],
            rows, problems));
    }

    private static async Task<(int Rows, List<CheckImportAnswer.Problem> Problems)> LookAsync(
        MemoryStream start, bool isCut, ImportPlan plan, string language, CancellationToken cancellationToken)
    {
        var columns = new FormReader();
        ImportColumns.Check(plan.Columns, columns);
        var problems = columns.Errors.Select(error => new CheckImportAnswer.Problem(
            null, null, error.Key, error.Value.In(language))).ToList();
        var encoding = new Utf8Check();
        encoding.Add(start.GetBuffer().AsSpan(0, (int)start.Length));
        if (plan.Encoding == TextEncodings.Utf8 && encoding.Mistake is { } mistake)
        {
            Add(new(mistake.Line, null, mistake.Field, mistake.Remedy.In(language)));
        }

        var (rows, newest) = (0, default(ImportRow));
        try
        {
            await foreach (var row in ImportRows.ReadAsync(start, plan, cancellationToken))
            {
                Note(newest); // the last one is cut off perhaps
                newest = row;
                if (rows == MostRows)
                {
                    return (rows, problems);
                }
            }
        }
        catch (ImportFileException) when (isCut)
        {
            isCut = false; // the row that is cut off was not read: the import itself will say what is wrong with it
        }
        catch (ImportFileException exception)
        {
            Add(new(exception.Error.Line, null, exception.Error.Field, exception.Error.Remedy.In(language)));
        }

        Note(isCut ? null : newest);
        return (rows, problems);

        void Note(ImportRow? row)
        {
            rows += row is null ? 0 : 1;
            if (row?.Rejected is { } rejected && columns.IsValid)
            {
                Add(new(
                    row.Line, plan.Columns.FirstOrDefault(column => column.Field == rejected.Field)?.Name,
                    rejected.Field, rejected.Reason.In(language)));
            }
        }

        void Add(CheckImportAnswer.Problem problem)
        {
            if (problems.Count < MostProblems)
            {
                problems.Add(problem);
            }
        }
    }
}

/// <param name="Encoding">utf-8, utf-16, utf-16be or windows-1252.</param>
/// <param name="Language">Of the header: fr or en; null if the names say nothing.</param>
/// <param name="Country">Whose numbers national ones are.</param>
/// <param name="Rows">So many of the first rows were looked at.</param>
/// <param name="Problems">What is wrong with the columns, else with those rows.</param>
internal sealed record CheckImportAnswer(
    char Delimiter, string Encoding, string? Language, string Country, IReadOnlyList<CheckImportAnswer.Column> Columns,
    int Rows, IReadOnlyList<CheckImportAnswer.Problem> Problems)
{
    /// <param name="Header">Its name, as <c>map</c> names it.</param>
    /// <param name="Field">phone, firstName, lastName, language, tags, optedOut, attribute or ignore.</param>
    /// <param name="Samples">Its first values.</param>
    internal sealed record Column(string Header, string Field, IReadOnlyList<string> Samples);

    /// <param name="Line">Where in the file; null: the columns as such.</param>
    /// <param name="Column">The column's name, if it is one column.</param>
    /// <param name="Field">What is wrong: phone, columns, language, attributes.city …</param>
    /// <param name="Reason">What is wrong with it, and what to do.</param>
    internal sealed record Problem(long? Line, string? Column, string Field, string Reason);
}
