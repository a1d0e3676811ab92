using System.Threading.Channels;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Brings the rows of a file into the contacts: in chunks, each in a transaction of its own together with the note of
/// how far it has come. So nobody waits long for a contact, and a crash in the middle goes on where it was.
/// </summary>
internal sealed class ImportMerge(NpgsqlConnection connection, TimeProvider clock)
{
    public async Task RunAsync(ImportJob job, ChannelReader<ImportChunk> chunks, CancellationToken cancellationToken)
    {
        await using (var create = new NpgsqlCommand(ImportCopy.Table, connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await foreach (var chunk in chunks.ReadAllAsync(cancellationToken))
        {
            await MergeAsync(job.Id, chunk, cancellationToken);
        }
    }

    private async Task MergeAsync(Guid id, ImportChunk chunk, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ImportCopy.StageAsync(connection, chunk.Good, now, cancellationToken);
        await ImportCopy.RejectAsync(connection, id, chunk.Rejected, cancellationToken);
        var inserted = await InsertAsync(transaction, id, now, cancellationToken);
        var updated = inserted == chunk.Good.Count ? 0 : await UpdateAsync(transaction, id, now, cancellationToken);
        await transaction.ExecuteAsync("""
            update contact_imports set
                merged_up_to = $2, rows_read = $2, inserted = inserted + $3, updated = updated + $4,
                unchanged = unchanged + $5, duplicates = duplicates + $6, rejected = rejected + $7
            where id = $1
            """, cancellationToken, id, chunk.To, inserted, updated, chunk.Good.Count - inserted - updated,
            chunk.Duplicates, chunk.Rejected.Count);
        await transaction.CommitAsync(cancellationToken);
    }

    private static Task<int> InsertAsync(
        NpgsqlTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("""
            insert into contacts (
                id, phone, first_name, last_name, language, tags, attributes, opted_out_at, consent_at, created_at,
                updated_at, import_id)
            select id, phone, first_name, last_name, language, tags, attributes, case when opted_out then $2 end,
                case when opted_out then $2 end, $2, $2, $1
            from staged order by row
            on conflict (phone) do nothing
            """, cancellationToken, id, now);

    // What a cell leaves empty stays as it is; tags are added, attributes replace those of the same name. A row that
    // says nothing new changes nothing, not even the time of the last change. Whoever has been erased meanwhile stays
    // so. The planner knows nothing of the staged rows, and would look through all contacts rather than their index.
    private static async Task<int> UpdateAsync(
        NpgsqlTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            "set local enable_hashjoin = off; set local enable_mergejoin = off", cancellationToken);
        return await transaction.ScalarAsync<int>("""
            with old as (
                select c.*, s.first_name as new_first_name, s.last_name as new_last_name, s.language as new_language,
                    s.tags as new_tags, s.attributes as new_attributes, s.opted_out
                from staged s join contacts c on c.phone = s.phone
                where c.id <> s.id and (s.first_name <> coalesce(c.first_name, '')
                    or s.last_name <> coalesce(c.last_name, '')
                    or s.language <> coalesce(c.language, '')
                    or s.opted_out and c.opted_out_at is null
                    or not s.tags <@ c.tags or not s.attributes <@ c.attributes)
                order by c.id for update of c
            ), noted as (
                insert into contact_import_changes (
                    import_id, contact_id, changed_at, first_name, last_name, language, tags, attributes, opted_out_at,
                    consent_at, updated_at)
                select $1, id, $2, first_name, last_name, language, tags, attributes, opted_out_at, consent_at,
                    updated_at
                from old
                on conflict do nothing
            ), changed as (
                update contacts c set
                    first_name = coalesce(new_first_name, old.first_name),
                    last_name = coalesce(new_last_name, old.last_name),
                    language = coalesce(new_language, old.language),
                    tags = old.tags || array(
                        select tag from unnest(new_tags) with ordinality as added (tag, place)
                        where tag <> all (old.tags) order by place),
                    attributes = old.attributes || new_attributes,
                    opted_out_at = case when opted_out then coalesce(old.opted_out_at, $2) else old.opted_out_at end,
                    consent_at = case when opted_out and old.opted_out_at is null then greatest(old.consent_at, $2)
                        else old.consent_at end,
                    updated_at = $2
                from old where c.id = old.id
                returning 1
            )
            select count(*)::int from changed
            """, cancellationToken, id, now);
    }
}
