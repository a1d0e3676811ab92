using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetImports
{
    private const string Columns = """
        id, state, phase, plan, file_name, user_name, bytes, bytes_read, rows_read, inserted, updated, unchanged,
        duplicates, rejected, merged_up_to, error, created_at, started_at, finished_at
        """;

    public static async Task<Results<Ok<ImportAnswer>, ProblemHttpResult>> OneAsync(
        Guid id, HttpRequest request, NpgsqlDataSource database, CancellationToken cancellationToken) =>
        (await ReadAsync(
            database.Command($"select {Columns} from contact_imports where id = $1 and state <> 'uploading'", id),
            request.Language(), cancellationToken)).SingleOrDefault() is { } answer
            ? TypedResults.Ok(answer)
            : Problems.NotFound("import", id);

    public static async Task<Results<Ok<Page<ImportAnswer>>, ValidationProblem>> ListAsync(
        int? limit, string? cursor, HttpRequest request, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        await using var count = database.Command("select count(*) from contact_imports where state <> 'uploading'");
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        var rows = await ReadAsync(database.Command($"""
            select {Columns} from contact_imports where state <> 'uploading' and ($1::uuid is null or id < $1::uuid)
            order by id desc limit $2
            """, page.After, page.Limit + 1), request.Language(), cancellationToken);
        return TypedResults.Ok(page.Cut(rows, answer => answer.Id, total));
    }

    private static async Task<List<ImportAnswer>> ReadAsync(
        NpgsqlCommand command, string language, CancellationToken cancellationToken)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var answers = new List<ImportAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            answers.Add(ImportAnswer.Read(reader, language));
        }

        return answers;
    }
}

/// <summary>
/// An import as clients see it. Of a completed one the piles add up:
/// <c>rowsRead = inserted + updated + unchanged + duplicates + rejected</c>. A failed one has changed no contact.
/// </summary>
/// <param name="Phase">Of a running one: reading, writing.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Duplicates">Rows whose number stands in an earlier row of the file.</param>
internal sealed record ImportAnswer(
    Guid Id, ImportState State, string? Phase, double Progress, string? FileName, string? UserName, long RowsRead,
    long Inserted, long Updated, long Unchanged, long Duplicates, long Rejected, string Encoding, char Delimiter,
    string? HeaderLanguage, string Country, IReadOnlyList<ImportColumn> Columns, IReadOnlyList<string> Tags,
    ImportAnswer.Problem? Error, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    /// <param name="Field">What is wrong: file.</param>
    /// <param name="Line">Where in the file; null if that cannot be said.</param>
    /// <param name="Detail">What is wrong there, and what to do.</param>
    internal sealed record Problem(string Field, long? Line, string Detail)
    {
        public static Problem Of(string stored, string language)
        {
            var error = JsonSerializer.Deserialize<ImportError>(stored, JsonSerializerOptions.Web)!;
            return new(error.Field, error.Line, error.Remedy.In(language));
        }
    }

    // Writing takes longer than reading.
    private const double ReadingShare = 0.3;

    public static ImportAnswer Read(NpgsqlDataReader row, string language)
    {
        var plan = JsonSerializer.Deserialize<ImportPlan>(row.GetString(3), JsonSerializerOptions.Web)!;
        var (bytes, read, rows, merged) = (row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt32(14));
        var state = Enum.Parse<ImportState>(row.GetString(1), ignoreCase: true);
        var phase = Text(2);
        var progress = state is ImportState.Completed ? 1
            : phase == "writing" ? ReadingShare + (1 - ReadingShare) * merged / Math.Max(1, rows)
            : ReadingShare * read / Math.Max(1, bytes);
        return new(
            row.GetGuid(0), state, phase, Math.Round(progress, 3), Text(4), Text(5), rows, row.GetInt64(9),
            row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), plan.Encoding, plan.Delimiter,
            plan.HeaderLanguage, plan.Country, plan.Columns, plan.Tags,
            Text(15) is { } error ? Problem.Of(error, language) : null,
            row.GetFieldValue<DateTimeOffset>(16), At(17), At(18));

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}

internal enum ImportState
{
    /// <summary>Kept, and waits for its turn.</summary>
    Pending,
    Running,
    Completed,
    Failed,
}
