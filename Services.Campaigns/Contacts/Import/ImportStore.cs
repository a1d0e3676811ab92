using System.Text.Json;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The imports and the pieces of their files.</summary>
internal sealed class ImportStore(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan UploadPatience = TimeSpan.FromHours(6);

    /// <summary>
    /// Rejected rows, and what contacts were before, say much about people: they go when nobody will correct the ones or
    /// want the others back any more.
    /// </summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Whether an import can be undone, as a condition; the parameter is the oldest finish.</summary>
    public const string CanUndo =
        "state = 'completed' and undone_at is null and inserted + updated > 0 and finished_at > $2";

    /// <summary>Whether its file has come. What is left of one that has not goes.</summary>
    public async Task<bool> HasAsync(Guid id, CancellationToken cancellationToken)
    {
        await AbandonAsync(id);
        return await PlanAsync(database, id, cancellationToken) is not null;
    }

    public Task BeginAsync(
        Guid id, ImportPlan plan, string? fileName, Caller caller, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into contact_imports (id, state, plan, file_name, user_name, address, created_at)
            values ($1, 'uploading', $2, $3, $4, $5, $6)
            """, cancellationToken, id, Json(plan), fileName, caller.Name, caller.Address, clock.GetUtcNow());

    public Task AddChunkAsync(Guid id, int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "insert into contact_import_chunks (import_id, number, bytes) values ($1, $2, $3)", cancellationToken,
            id, number, bytes);

    /// <summary>From now on it will be taken in.</summary>
    public Task FinishUploadAsync(
        Guid id, ImportPlan plan, long bytes, int rows, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with begun as (
                update contact_imports set state = 'pending', plan = $2, bytes = $3, rows_total = $5
                where id = $1 returning *
            )
            insert into activity (id, at, user_name, address, action, subject_id, subject)
            select uuid_v7(), $4, user_name, address, 'contacts.importStarted', id, file_name from begun
            """, cancellationToken, id, Json(plan), bytes, clock.GetUtcNow(), rows);

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
                state = 'running', phase = case when undo_wanted_at is null then 'writing' else 'undoing' end,
                started_at = coalesce(started_at, $2), tries = tries + 1
            where id = $1 and tries < $3
            returning plan, undo_wanted_at is not null, merged_up_to
            """, id, clock.GetUtcNow(), mostTries);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                id, JsonSerializer.Deserialize<ImportPlan>(reader.GetString(0), JsonSerializerOptions.Web)!,
                reader.GetBoolean(1), reader.GetInt32(2))
            : null;
    }

    public Task FinishAsync(Guid id, CancellationToken cancellationToken) => EndAsync(id, """
        with finished as (
            update contact_imports set state = 'completed', phase = null, finished_at = $2 where id = $1 returning *
        )
        insert into activity (id, at, user_name, address, action, subject_id, subject, details)
        select uuid_v7(), $2, user_name, address, 'contacts.imported', id, file_name, jsonb_build_object(
            'rowsRead', rows_read::text, 'inserted', inserted::text, 'updated', updated::text,
            'rejected', rejected::text)
        from finished
        """, cancellationToken);

    /// <summary>Wants it undone; false if that cannot be.</summary>
    public async Task<bool> WishUndoneAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.Command($"""
            update contact_imports set
                state = 'running', phase = 'undoing', undo_wanted_at = $3, undone_by = $4, undone_from = $5, tries = 0
            where id = $1 and {CanUndo}
            """, id, now - Kept, now, caller.Name, caller.Address);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>It has been taken back: because somebody wanted it, or because it could not be completed.</summary>
    public Task FinishUndoAsync(Guid id, CancellationToken cancellationToken) => EndAsync(id, """
        with finished as (
            update contact_imports set
                state = case when error is null then 'completed' else 'failed' end, phase = null,
                undone_at = case when error is null then $2::timestamptz end,
                finished_at = case when error is null then finished_at else $2 end
            where id = $1 returning *
        )
        insert into activity (id, at, user_name, address, action, subject_id, subject, details)
        select uuid_v7(), $2, undone_by, undone_from, 'contacts.importUndone', id, file_name, jsonb_build_object(
            'removed', removed::text, 'restored', restored::text, 'kept', kept::text)
        from finished where error is null
        union all
        select uuid_v7(), $2, user_name, address, 'contacts.importFailed', id, file_name, null
        from finished where error is not null
        """, cancellationToken);

    /// <summary>It cannot be done. What had been done of it already is taken back first.</summary>
    public Task FailAsync(Guid id, ImportError error, CancellationToken cancellationToken) => EndAsync(id, """
        with ended as (
            update contact_imports set
                state = case when undo_wanted_at is not null and error is null then 'completed'
                    when undo_wanted_at is null and merged_up_to > 0 then 'running' else 'failed' end,
                phase = case when undo_wanted_at is null and merged_up_to > 0 then 'undoing' end,
                undo_wanted_at = case when undo_wanted_at is null and merged_up_to > 0 then $2::timestamptz end,
                error = case when undo_wanted_at is null then $3 else error end,
                finished_at = coalesce(finished_at, $2), tries = 0
            where id = $1 returning *
        )
        insert into activity (id, at, user_name, address, action, subject_id, subject)
        select uuid_v7(), $2, user_name, address, 'contacts.importFailed', id, file_name
        from ended where state = 'failed'
        """, cancellationToken, Json(error));

    /// <summary>
    /// The file goes along: it has done its duty, and holds more about people than anybody needs any longer.
    /// </summary>
    private async Task EndAsync(Guid id, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(sql, cancellationToken, [id, clock.GetUtcNow(), .. values]);
        await transaction.ExecuteAsync("delete from contact_import_chunks where import_id = $1", cancellationToken, id);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Throws away uploads that never ended and what is kept of imports of long ago.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await RecountAsync(cancellationToken);
        await ExecuteAsync(
            "delete from contact_imports where state = 'uploading' and created_at < $1", cancellationToken,
            now - UploadPatience);
        await ExecuteAsync("""
            delete from contact_import_rejects r using contact_imports i
            where i.id = r.import_id and i.finished_at < $1
            """, cancellationToken, now - Kept);
        await ExecuteAsync("""
            delete from contact_import_changes x using contact_imports i
            where i.id = x.import_id and i.finished_at < $1
            """, cancellationToken, now - Kept);
    }

    /// <summary>
    /// Puts one row in place of all that count contacts. What others add meanwhile is neither counted nor taken away:
    /// contacts and their rows come together, and the statement sees both or neither.
    /// </summary>
    private async Task RecountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync("select pg_advisory_xact_lock(hashtext('contact_counts'))", cancellationToken);
        await transaction.ExecuteAsync("""
            with gone as (delete from contact_counts)
            insert into contact_counts select count(*) from contacts
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
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
/// <param name="IsUndo">It is to be taken back.</param>
internal sealed record ImportJob(Guid Id, ImportPlan Plan, bool IsUndo, int MergedUpTo);

/// <param name="Field">What is wrong: file.</param>
/// <param name="Line">Where in the file; null if that cannot be said.</param>
internal sealed record ImportError(string Field, long? Line, Remedy Remedy);
