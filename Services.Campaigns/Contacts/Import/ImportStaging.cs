using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// The rows of one import in a temporary table, from which they are merged in sets. It goes with its connection: after
/// a crash the file is read once more, which gives the same rows again.
/// </summary>
internal sealed class ImportStaging(NpgsqlConnection connection, ImportStore store, TimeProvider clock)
{
    /// <summary>So often those who watch are told.</summary>
    private static readonly TimeSpan Tell = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Brings the rows of the file into the table, in which each number stands once, where it came first, and keeps the
    /// rejected ones for those who will correct them. The answer is the number of the last row.
    /// </summary>
    public async Task<int> FillAsync(ImportJob job, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync("""
            set local work_mem = '64MB';
            create temp table staged (
                row int not null, id uuid, phone text, first_name text, last_name text, language text, tags text[],
                attributes jsonb, opted_out bool,
                line bigint, field text, reason text, cells text[] -- of a rejected row, which has nothing else
            )
            """, cancellationToken);
        var rows = await CopyAsync(job, cancellationToken);
        var duplicates = await transaction.ExecuteAsync("""
            delete from staged s using (
                select phone, min(row) as first from staged where phone is not null group by phone having count(*) > 1
            ) twice
            where s.phone = twice.phone and s.row > twice.first
            """, cancellationToken);
        await transaction.ExecuteAsync(
            "delete from contact_import_rejects where import_id = $1", cancellationToken, job.Id);
        var rejected = await transaction.ExecuteAsync("""
            with refused as (delete from staged where phone is null returning *)
            insert into contact_import_rejects (import_id, row, line, field, reason, cells)
            select $1, row, line, field, reason, cells from refused
            """, cancellationToken, job.Id);
        await transaction.ExecuteAsync("create index on staged (row); analyze staged", cancellationToken);
        await transaction.ExecuteAsync("""
            update contact_imports
            set phase = 'writing', rows_read = $2, rejected = $3, duplicates = $4, bytes_read = bytes where id = $1
            """, cancellationToken, job.Id, rows, rejected, duplicates);
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    private async Task<int> CopyAsync(ImportJob job, CancellationToken cancellationToken)
    {
        await using var file = store.OpenFile(job.Id);
        var (rows, rejected, told) = (0, 0, clock.GetTimestamp());
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy staged from stdin (format binary)", cancellationToken);
        await foreach (var row in ImportRows.ReadAsync(file, job.Plan, cancellationToken))
        {
            await WriteAsync(copy, row, cancellationToken);
            rows = row.Number;
            rejected += row.Rejected is null ? 0 : 1;
            if (clock.GetElapsedTime(told) > Tell)
            {
                await store.NoteReadingAsync(job.Id, rows, rejected, file.Position, cancellationToken);
                told = clock.GetTimestamp();
            }
        }

        await copy.CompleteAsync(cancellationToken);
        return rows;
    }

    private async Task WriteAsync(NpgsqlBinaryImporter copy, ImportRow row, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(row.Number, NpgsqlDbType.Integer, cancellationToken);
        if (row.Rejected is { } rejected)
        {
            for (var column = 0; column < 8; column++)
            {
                await copy.WriteNullAsync(cancellationToken);
            }

            await copy.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(rejected.Field, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(rejected.Reason, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(
                rejected.Cells.Select(Storable).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
            return;
        }

        var contact = row.Details!;
        await copy.WriteAsync(Guid.CreateVersion7(clock.GetUtcNow()), NpgsqlDbType.Uuid, cancellationToken);
        await copy.WriteAsync(contact.Phone.Value, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(contact.FirstName, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(contact.LastName, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(contact.Language, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(contact.Tags.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(
            contact.Attributes.Count == 0
                ? "{}"
                : JsonSerializer.Serialize(contact.Attributes, JsonSerializerOptions.Web),
            NpgsqlDbType.Jsonb, cancellationToken);
        await copy.WriteAsync(row.OptedOut, NpgsqlDbType.Boolean, cancellationToken);
        for (var column = 0; column < 4; column++)
        {
            await copy.WriteNullAsync(cancellationToken);
        }
    }

    // U+0000 may be why the row is rejected.
    private static string Storable(string cell) => cell.Replace('\0', '\uFFFD');
}
