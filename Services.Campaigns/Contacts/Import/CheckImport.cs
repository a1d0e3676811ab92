using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Services.Campaigns;

/// <summary>
/// Says how a file would be read, for somebody who maps its columns: the beginning of the file is enough.
/// </summary>
internal static class CheckImport
{
    /// <summary>So much of the file is looked at.</summary>
    private const int Most = 1 << 16;

    public static async Task<Results<Ok<CheckImportAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        HttpRequest request, IOptions<SandboxOptions> sandbox, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        if (ImportWishes.Read(request.Query, sandbox.Value, form) is not { } wishes)
        {
            return form.Problem;
        }

        if (await UploadedFile.OpenAsync(request, cancellationToken) is not { } file)
        {
            return TypedResults.Problem(UploadedFile.Remedy, statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        var start = new byte[Most];
        var length = await file.ReadAsync(start, cancellationToken);
        return await CsvSniffer.ReadAsync(start.AsMemory(0, length), wishes, form, cancellationToken) is { } sniffed
            ? TypedResults.Ok(CheckImportAnswer.Of(sniffed))
            : form.Problem;
    }
}

/// <param name="Encoding">utf-8, utf-16, utf-16be or windows-1252.</param>
/// <param name="HeaderLanguage">fr or en; null if the names say nothing.</param>
/// <param name="Country">Whose numbers national ones are.</param>
internal sealed record CheckImportAnswer(
    string Encoding, char Delimiter, string? HeaderLanguage, string Country,
    IReadOnlyList<CheckImportAnswer.SniffedColumn> Columns)
{
    /// <param name="Field">phone, firstName, lastName, language, tags, attributes.NAME or ignore.</param>
    /// <param name="Samples">Its first values.</param>
    internal sealed record SniffedColumn(string Name, string Field, IReadOnlyList<string> Samples);

    public static CheckImportAnswer Of(SniffedFile file) => new(
        file.Plan.Encoding, file.Plan.Delimiter, file.Plan.HeaderLanguage, file.Plan.Country,
        [.. file.Plan.Columns.Select((column, index) => new SniffedColumn(
            column.Name, column.Field, [.. file.Samples.Select(row => CsvCell.Restore(row[index]))]))]);
}
