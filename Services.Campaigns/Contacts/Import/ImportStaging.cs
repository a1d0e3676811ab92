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
    /// <summary>So long one portion is read; then those who watch are told.</summary>
    private static readonly TimeSpan Portion = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Brings the rows of the file into the table, in which each number stands once, where it came first, and keeps the
    /// rejected ones for those who will correct them. The answer is the number of the last row.
    /// </summary>
    public async Task<int> FillAsync(ImportJob job, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The tables grow while they are read: without the setting the planner would look through all of them.
        await transaction.ExecuteAsync("""
            set local work_mem = '64MB';
            set local enable_seqscan = off;
            create temp table staged (
                row int primary key, id uuid, phone text, first_name text, last_name text, language text, tags text[],
                attributes jsonb, opted_out bool,
                line bigint, field text, reason text, reason_fr text, cells text[] -- of a rejected row, which has nothing else
            );
            create temp table seen (number bigint primary key) -- a phone without its +: cheaper to compare
            """, cancellationToken);
        await transaction.ExecuteAsync(
            "delete from contact_import_rejects where import_id = $1", cancellationToken, job.Id);
        await using var file = store.OpenFile(job.Id);
        await using var rows = ImportRows.ReadAsync(file, job.Plan, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);

        var (last, duplicates, rejected) = (0, 0, 0);
        while (await CopyAsync(rows, cancellationToken) is var read && read > last)
        {
            duplicates += await DropSeenAsync(transaction, last, cancellationToken);
            rejected += await KeepRejectedAsync(transaction, job.Id, last, cancellationToken);
            last = read;
            await store.NoteReadingAsync(job.Id, last, duplicates, rejected, file.Position, cancellationToken);
        }

        await transaction.ExecuteAsync("analyze staged", cancellationToken);
        await transaction.ExecuteAsync(
            "update contact_imports set phase = 'writing' where id = $1", cancellationToken, job.Id);
        await transaction.CommitAsync(cancellationToken);
        return last;
    }

    /// <summary>A row whose number has come before, in this portion or in one before it, is a duplicate.</summary>
    private static Task<int> DropSeenAsync(
        NpgsqlTransaction transaction, int after, CancellationToken cancellationToken) =>
        transaction.ScalarAsync<int>("""
            with first as (
                select substr(phone, 2)::bigint as number, min(row) as row from staged
                where row > $1 and phone is not null group by 1
            ), new as (
                insert into seen select number from first on conflict do nothing returning number
            ), dropped as (
                delete from staged where row > $1 and phone is not null
                    and row not in (select row from first join new using (number)) returning row
            )
            select count(*)::int from dropped
            """, cancellationToken, after);

    private static Task<int> KeepRejectedAsync(
        NpgsqlTransaction transaction, Guid id, int after, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("""
            with refused as (delete from staged where row > $2 and phone is null returning *)
            insert into contact_import_rejects (import_id, row, line, field, reason, reason_fr, cells)
            select $1, row, line, field, reason, reason_fr, cells from refused
            """, cancellationToken, id, after);

    /// <summary>The next portion; the number of its last row, or 0 at the end.</summary>
    private async Task<int> CopyAsync(IAsyncEnumerator<ImportRow> rows, CancellationToken cancellationToken)
    {
        var (last, begun) = (0, clock.GetTimestamp());
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy staged from stdin (format binary)", cancellationToken);
        while (clock.GetElapsedTime(begun) < Portion && await rows.MoveNextAsync())
        {
            await WriteAsync(copy, rows.Current, cancellationToken);
            last = rows.Current.Number;
        }

        await copy.CompleteAsync(cancellationToken);
        return last;
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
            await copy.WriteAsync(rejected.Reason.English, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(rejected.Reason.French, NpgsqlDbType.Text, cancellationToken);
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
        for (var column = 0; column < 5; column++)
        {
            await copy.WriteNullAsync(cancellationToken);
        }
    }

    // U+0000 may be why the row is rejected.
    private static string Storable(string cell) => cell.Replace('\0', '\uFFFD');
}
