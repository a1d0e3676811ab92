using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetImports
{
    private const string Columns = $"""
        id, state, phase, plan, file_name, user_name, bytes, rows_read, inserted, updated, unchanged, duplicates,
        rejected, error, created_at, started_at, finished_at, rows_total, undone_at, undone_by, removed, restored, kept,
        {ImportStore.CanUndo}
        """;

    public static async Task<Results<Ok<ImportAnswer>, ProblemHttpResult>> OneAsync(
        Guid id, HttpRequest request, NpgsqlDataSource database, TimeProvider clock,
        CancellationToken cancellationToken) =>
        await FindAsync(database, id, request.Language(), clock.GetUtcNow(), cancellationToken) is { } answer
            ? TypedResults.Ok(answer)
            : Problems.NotFound("import", id);

    public static async Task<ImportAnswer?> FindAsync(
        NpgsqlDataSource database, Guid id, string language, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await ReadAsync(
            database.Command(
                $"select {Columns} from contact_imports where id = $1 and state <> 'uploading'",
                id, now - ImportStore.Kept),
            language, cancellationToken)).SingleOrDefault();

    public static async Task<Results<Ok<Page<ImportAnswer>>, ValidationProblem>> ListAsync(
        int? limit, string? cursor, HttpRequest request, NpgsqlDataSource database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        await using var count = database.Command("select count(*) from contact_imports where state <> 'uploading'");
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        var rows = await ReadAsync(database.Command($"""
            select {Columns} from contact_imports where state <> 'uploading' and ($1::uuid is null or id < $1::uuid)
            order by id desc limit $3
            """, page.After, clock.GetUtcNow() - ImportStore.Kept, page.Limit + 1), request.Language(), cancellationToken);
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
/// <param name="Phase">Of a running one: writing, undoing.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="RowsTotal">How many rows the file has; null if it could not be looked through.</param>
/// <param name="Duplicates">Rows whose number stands in an earlier row of the file.</param>
/// <param name="IsOptOutList">The people of the file are opted out, and nothing else of it counts.</param>
/// <param name="CanUndo">Whether it can be undone now.</param>
/// <param name="UndoneAt">When it was undone; null: it was not.</param>
/// <param name="UndoneBy">Who wanted that.</param>
/// <param name="Removed">By the undoing: contacts that the import had made.</param>
/// <param name="Restored">By the undoing: contacts that the import had changed.</param>
/// <param name="Kept">Contacts that the undoing left alone, since something has happened to them after the import.</param>
internal sealed record ImportAnswer(
    Guid Id, ImportState State, string? Phase, double Progress, string? FileName, string? UserName, long? RowsTotal,
    long RowsRead, long Inserted, long Updated, long Unchanged, long Duplicates, long Rejected, string Encoding,
    char Delimiter, string? HeaderLanguage, string Country, IReadOnlyList<ImportColumn> Columns,
    IReadOnlyList<string> Tags, bool IsOptOutList, ImportAnswer.Problem? Error, DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, bool CanUndo, DateTimeOffset? UndoneAt, string? UndoneBy,
    long Removed, long Restored, long Kept)
{
    /// <summary>The phase of one that is being taken back.</summary>
    public const string Undoing = "undoing";

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

    public static ImportAnswer Read(NpgsqlDataReader row, string language)
    {
        var plan = JsonSerializer.Deserialize<ImportPlan>(row.GetString(3), JsonSerializerOptions.Web)!;
        var state = Enum.Parse<ImportState>(row.GetString(1), ignoreCase: true);
        var (phase, total, read) = (Text(2), row.IsDBNull(17) ? (long?)null : row.GetInt64(17), row.GetInt64(7));
        var (inserted, updated) = (row.GetInt64(8), row.GetInt64(9));
        var (removed, restored, kept) = (row.GetInt64(20), row.GetInt64(21), row.GetInt64(22));
        var progress = state is ImportState.Completed ? 1
            : phase is Undoing ? (removed + restored + kept) / Math.Max(1.0, inserted + updated)
            : read / Math.Max(1.0, total ?? double.MaxValue);
        return new(
            row.GetGuid(0), state, phase, Math.Round(progress, 3), Text(4), Text(5), total, read, inserted, updated,
            row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), plan.Encoding, plan.Delimiter, plan.HeaderLanguage,
            plan.Country, plan.Columns, plan.Tags, plan.IsOptOutList,
            Text(13) is { } error ? Problem.Of(error, language) : null,
            row.GetFieldValue<DateTimeOffset>(14), At(15), At(16), row.GetBoolean(23), At(18), Text(19), removed,
            restored, kept);

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
