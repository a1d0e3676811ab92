using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Brings the staged rows into the contacts: in chunks, each in a transaction of its own together with the note of how
/// far it has come. So nobody waits long for a contact, and a crash in the middle goes on where it was.
/// </summary>
internal sealed class ImportMerge(NpgsqlConnection connection, TimeProvider clock)
{
    private const int ChunkSize = 10_000;

    public async Task RunAsync(ImportJob job, int rows, CancellationToken cancellationToken)
    {
        for (var from = job.MergedUpTo; from < rows; from += ChunkSize)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await MergeAsync(transaction, job.Id, from, Math.Min(from + ChunkSize, rows), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await using var last = await connection.BeginTransactionAsync(cancellationToken);
        await last.ExecuteAsync("""
            with finished as (
                update contact_imports set state = 'completed', phase = null, finished_at = $2 where id = $1 returning *
            )
            insert into activity (id, at, user_name, action, subject_id, subject, details)
            select uuid_v7(), $2, user_name, 'contacts.imported', id, file_name, jsonb_build_object(
                'rowsRead', rows_read::text, 'inserted', inserted::text, 'updated', updated::text,
                'rejected', rejected::text)
            from finished
            """, cancellationToken, job.Id, clock.GetUtcNow());
        await ImportStore.DropFileAsync(last, job.Id, cancellationToken);
        await last.CommitAsync(cancellationToken);
    }

    // What a cell leaves empty stays as it is; tags are added, attributes replace those of the same name. A row that
    // says nothing new changes nothing, not even the time of the last change. The insert and the update of a conflict
    // are told apart by xmax: only an update has locked the row before.
    private Task<int> MergeAsync(
        NpgsqlTransaction transaction, Guid id, int from, int to, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("""
            with chunk as (
                select * from staged where row > $2 and row <= $3
            ), merged as (
                insert into contacts as c (
                    id, phone, first_name, last_name, language, tags, attributes, opted_out_at, consent_at, created_at,
                    updated_at)
                select id, phone, first_name, last_name, language, tags, attributes, case when opted_out then $4 end,
                    case when opted_out then $4 end, $4, $4
                from chunk order by row
                on conflict (phone) do update set
                    first_name = coalesce(excluded.first_name, c.first_name),
                    last_name = coalesce(excluded.last_name, c.last_name),
                    language = coalesce(excluded.language, c.language),
                    tags = c.tags || array(
                        select tag from unnest(excluded.tags) with ordinality as added (tag, place)
                        where tag <> all (c.tags) order by place),
                    attributes = c.attributes || excluded.attributes,
                    opted_out_at = coalesce(c.opted_out_at, excluded.opted_out_at),
                    consent_at = case when c.opted_out_at is null then greatest(c.consent_at, excluded.consent_at)
                        else c.consent_at end,
                    updated_at = excluded.updated_at
                where excluded.first_name <> coalesce(c.first_name, '')
                    or excluded.last_name <> coalesce(c.last_name, '')
                    or excluded.language <> coalesce(c.language, '')
                    or excluded.opted_out_at is not null and c.opted_out_at is null
                    or not excluded.tags <@ c.tags or not excluded.attributes <@ c.attributes
                returning xmax = 0 as is_new
            ), counted as (
                select count(*) filter (where is_new) as inserted, count(*) filter (where not is_new) as updated
                from merged
            )
            update contact_imports i set
                merged_up_to = $3, inserted = i.inserted + counted.inserted, updated = i.updated + counted.updated,
                unchanged = i.unchanged + (select count(*) from chunk) - counted.inserted - counted.updated
            from counted where i.id = $1
            """, cancellationToken, id, from, to, clock.GetUtcNow());
}
