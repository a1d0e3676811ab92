using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The rejected rows of an import and what is wrong with them: as a file to correct, or as a list.</summary>
internal static class GetRejects
{
    /// <summary>The columns before those of the file.</summary>
    internal static readonly string[] Reasons = ["line", "column", "reason"];

    public static async Task<Results<CsvDownload, ProblemHttpResult>> FileAsync(
        Guid id, HttpRequest request, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (await ColumnsAsync(database, id, cancellationToken) is not { } columns)
        {
            return Problems.NotFound("import", id);
        }

        var rows = ReadAsync(database, id, request.Language(), columns, 0, long.MaxValue, cancellationToken);
        return new CsvDownload(
            $"rejects-{id:N}.csv", [.. Reasons, .. columns.Select(column => column.Name)],
            rows.Select(row => (IReadOnlyList<string?>)[
                $"{row.Line}", row.Column, row.Reason,
                .. row.Cells, .. columns.Skip(row.Cells.Count).Select(_ => "")]));
    }

    public static async Task<Results<Ok<Page<RejectAnswer>>, ValidationProblem, ProblemHttpResult>> ListAsync(
        Guid id, int? limit, string? cursor, HttpRequest request, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (PageRequest.Read<int>(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        if (await ColumnsAsync(database, id, cancellationToken) is not { } columns)
        {
            return Problems.NotFound("import", id);
        }

        await using var count = database.Command(
            "select count(*) from contact_import_rejects where import_id = $1", id);
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        var rows = await ReadAsync(
            database, id, request.Language(), columns, page.After ?? 0, page.Limit + 1, cancellationToken)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Row, total));
    }

    /// <summary>Null if there is no such import.</summary>
    private static async Task<IReadOnlyList<ImportColumn>?> ColumnsAsync(
        NpgsqlDataSource database, Guid id, CancellationToken cancellationToken) =>
        (await ImportStore.PlanAsync(database, id, cancellationToken))?.Columns;

    private static async IAsyncEnumerable<RejectAnswer> ReadAsync(
        NpgsqlDataSource database, Guid id, string language, IReadOnlyList<ImportColumn> columns, int after, long limit,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select row, line, field, case when $4 = 'fr' then coalesce(reason_fr, reason) else reason end, cells
            from contact_import_rejects
            where import_id = $1 and row > $2 order by row limit $3
            """, id, after, limit, language);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var field = reader.GetString(2);
            yield return new(
                reader.GetInt32(0), reader.GetInt64(1), field,
                columns.FirstOrDefault(column => column.Field == field)?.Name, reader.GetString(3),
                reader.GetFieldValue<string[]>(4));
        }
    }
}

/// <param name="Row">Counted without the header.</param>
/// <param name="Line">Where it begins in the file.</param>
/// <param name="Field">What is wrong: phone, columns, language, attributes.city …</param>
/// <param name="Column">The column's name; null if it was not in the file.</param>
/// <param name="Reason">What is wrong with it, and what to write instead.</param>
/// <param name="Cells">The values that stood in the file: of a short row fewer than columns, of a long one more.</param>
internal sealed record RejectAnswer(
    int Row, long Line, string Field, string? Column, string Reason, IReadOnlyList<string> Cells);
