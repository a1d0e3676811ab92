using System.Text.Json;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The imports and the pieces of their files.</summary>
internal sealed class ImportStore(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan UploadPatience = TimeSpan.FromHours(6);

    /// <summary>Rejected rows hold what people wrote: they go when nobody will correct them any more.</summary>
    private static readonly TimeSpan RejectsKept = TimeSpan.FromDays(30);

    public async Task<Guid> BeginAsync(
        ImportPlan plan, string? fileName, string? userName, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await ExecuteAsync("""
            insert into contact_imports (id, state, plan, file_name, user_name, created_at)
            values ($1, 'uploading', $2, $3, $4, $5)
            """, cancellationToken, id, Json(plan), fileName, userName, now);
        return id;
    }

    public Task AddChunkAsync(Guid id, int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "insert into contact_import_chunks (import_id, number, bytes) values ($1, $2, $3)", cancellationToken,
            id, number, bytes);

    /// <summary>From now on it will be taken in.</summary>
    public Task FinishUploadAsync(Guid id, ImportPlan plan, long bytes, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "update contact_imports set state = 'pending', plan = $2, bytes = $3 where id = $1", cancellationToken,
            id, Json(plan), bytes);

    /// <summary>The upload was broken off.</summary>
    public async Task AbandonAsync(Guid id)
    {
        try
        {
            await ExecuteAsync(
                "delete from contact_imports where id = $1 and state = 'uploading'", CancellationToken.None, id);
        }
        catch (NpgsqlException)
        {
            // The database is away: PruneAsync will find it.
        }
    }

    /// <summary>How the import's file was read; null if there is no such import.</summary>
    public static async Task<ImportPlan?> PlanAsync(
        NpgsqlDataSource database, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select plan from contact_imports where id = $1 and state <> 'uploading'", id);
        return await command.ExecuteScalarAsync(cancellationToken) is string plan
            ? JsonSerializer.Deserialize<ImportPlan>(plan, JsonSerializerOptions.Web)
            : null;
    }

    /// <summary>The import whose turn it is; one that a crash has interrupted comes first.</summary>
    public async Task<Guid?> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select id from contact_imports where state in ('running', 'pending') order by state desc, id limit 1
            """);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>Begins, or begins anew; null if it has killed too many of its takers.</summary>
    public async Task<ImportJob?> TakeAsync(Guid id, int mostTries, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update contact_imports set
                state = 'running', phase = 'reading', started_at = coalesce(started_at, $2), tries = tries + 1
            where id = $1 and tries < $3
            returning plan, bytes, merged_up_to
            """, id, clock.GetUtcNow(), mostTries);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                id, JsonSerializer.Deserialize<ImportPlan>(reader.GetString(0), JsonSerializerOptions.Web)!,
                reader.GetInt64(1), reader.GetInt32(2))
            : null;
    }

    /// <summary>Tells those who watch how far the reading has come.</summary>
    public Task NoteReadingAsync(
        Guid id, long rows, long duplicates, long rejected, long bytesRead, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            update contact_imports
            set rows_read = $2, duplicates = $3, rejected = $4, bytes_read = least(bytes, $5) where id = $1
            """, cancellationToken, id, rows, duplicates, rejected, bytesRead);

    public async Task FailAsync(Guid id, ImportError error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync("""
            update contact_imports set state = 'failed', phase = null, error = $2, finished_at = $3 where id = $1
            """, cancellationToken, id, Json(error), clock.GetUtcNow());
        await DropFileAsync(transaction, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The file has done its duty; it holds more about people than anybody needs any longer.</summary>
    public static Task DropFileAsync(NpgsqlTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("delete from contact_import_chunks where import_id = $1", cancellationToken, id);

    /// <summary>Throws away uploads that never ended and rejected rows of long ago.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await ExecuteAsync(
            "delete from contact_imports where state = 'uploading' and created_at < $1", cancellationToken,
            now - UploadPatience);
        await ExecuteAsync("""
            delete from contact_import_rejects r using contact_imports i
            where i.id = r.import_id and i.finished_at < $1
            """, cancellationToken, now - RejectsKept);
    }

    /// <summary>The file from its beginning, in the pieces in which it came.</summary>
    public Stream OpenFile(Guid id) => new ChunkStream(database, id);

    private static Sql.Json Json<T>(T value) => new(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <param name="MergedUpTo">The last row that an earlier try has brought into the contacts.</param>
internal sealed record ImportJob(Guid Id, ImportPlan Plan, long Bytes, int MergedUpTo);

/// <param name="Field">What is wrong: file.</param>
/// <param name="Line">Where in the file; null if that cannot be said.</param>
internal sealed record ImportError(string Field, long? Line, Remedy Remedy);
