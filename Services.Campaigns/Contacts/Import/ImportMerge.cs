using System.Threading.Channels;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Brings the rows of a file into the contacts: in chunks, each in a transaction of its own together with the note of
/// how far it has come. So nobody waits long for a contact, and a crash in the middle goes on where it was.
/// </summary>
/// <remarks>
/// People who are new go straight into the table, which costs the database half of what a staging table and
/// <c>on conflict</c> do. Most files are all of one kind: a chunk is taken for what the one before was, and where that is
/// wrong, the unique number says so and the chunk begins anew. The database works on two chunks at a time, on a core
/// each; they are committed in the order of the file.
/// </remarks>
/// <param name="connection">Holds the lock of whoever takes files in.</param>
/// <param name="database">Gives the other connection.</param>
internal sealed class ImportMerge(NpgsqlConnection connection, NpgsqlDataSource database)
{
    /// <summary>
    /// Two chunks that wait for each other here and for somebody else in the database would be a circle that the
    /// database cannot see. Then both begin anew.
    /// </summary>
    private const string LongestWait = "set local lock_timeout = '30s'";

    private bool _someAreKnown;

    public async Task RunAsync(ImportJob job, ChannelReader<ImportChunk> chunks, CancellationToken cancellationToken)
    {
        await using var other = await database.OpenConnectionAsync(cancellationToken);
        (Lane Next, Lane Last) lanes = (new(connection), new(other));
        foreach (var lane in new[] { lanes.Next, lanes.Last })
        {
            await using var create = new NpgsqlCommand(ImportCopy.Staged, lane.Connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        try
        {
            await foreach (var chunk in chunks.ReadAllAsync(cancellationToken))
            {
                await lanes.Next.Merging;
                lanes.Next.Merging = MergeAsync(
                    lanes.Next.Connection, job.Id, chunk, lanes.Last.Merging, cancellationToken);
                lanes = (lanes.Last, lanes.Next);
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Next.Merging, lanes.Last.Merging);
        }
    }

    /// <param name="before">The chunk before: to be committed first.</param>
    private async Task MergeAsync(
        NpgsqlConnection lane, Guid id, ImportChunk chunk, Task before, CancellationToken cancellationToken)
    {
        using var done = chunk;
        var asks = _someAreKnown;
        while (true)
        {
            try
            {
                _someAreKnown = await TryMergeAsync(lane, id, chunk, asks, before, cancellationToken);
                return;
            }
            catch (PostgresException exception)
                when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "contacts" })
            {
                asks = true; // or somebody has entered one of them at this moment
            }
        }
    }

    /// <summary>Whether somebody of the chunk was known.</summary>
    private static async Task<bool> TryMergeAsync(
        NpgsqlConnection lane, Guid id, ImportChunk chunk, bool asks, Task before, CancellationToken cancellationToken)
    {
        await using var transaction = await lane.BeginTransactionAsync(cancellationToken);
        await transaction.ExecuteAsync(LongestWait, cancellationToken);
        var known = asks ? await FindAsync(transaction, chunk, cancellationToken) : [];
        using var others = known.Count == 0 ? null : chunk.Some(person => !known.Contains(person.Number));
        await (others ?? chunk.Contacts).SendAsync(lane, ImportCopy.Contacts, cancellationToken);
        await KeptOptOuts.RecallAsync(transaction, id, chunk.People.Select(person => person.Phone), cancellationToken);
        await ImportCopy.RejectAsync(lane, id, chunk.Rejected, cancellationToken);
        var updated = 0;
        if (known.Count > 0)
        {
            using var staged = chunk.Some(person => known.Contains(person.Number));
            await staged.SendAsync(lane, "staged", cancellationToken);
            updated = await UpdateAsync(transaction, id, chunk.At, cancellationToken);
        }

        await before;
        await transaction.ExecuteAsync("""
            with counted as (insert into contact_counts values ($3)) -- 0033_counted_imports.sql
            update contact_imports set
                merged_up_to = $2, rows_read = $2, inserted = inserted + $3, updated = updated + $4,
                unchanged = unchanged + $5, duplicates = duplicates + $6, rejected = rejected + $7
            where id = $1
            """, cancellationToken, id, chunk.To, chunk.People.Count - known.Count, updated, known.Count - updated,
            chunk.Duplicates, chunk.Rejected.Count);
        await transaction.CommitAsync(cancellationToken);
        return known.Count > 0;
    }

    /// <summary>The numbers of the chunk that contacts have.</summary>
    private static async Task<HashSet<long>> FindAsync(
        NpgsqlTransaction transaction, ImportChunk chunk, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(Planner.ForSome, cancellationToken);
        await using var command = transaction.Command(
            "select given.place from contacts join unnest($1) with ordinality as given (phone, place) using (phone)",
            (object)chunk.People.Select(person => person.Phone).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(chunk.People[(int)reader.GetInt64(0) - 1].Number);
        }

        return known;
    }

    // What a cell leaves empty stays as it is; tags are added, attributes replace those of the same name. A row that
    // says nothing new changes nothing, not even the time of the last change. Whoever has been erased meanwhile stays
    // so.
    private static async Task<int> UpdateAsync(
        NpgsqlTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        await transaction.ScalarAsync<int>("""
            with old as (
                select c.*, s.first_name as new_first_name, s.last_name as new_last_name, s.language as new_language,
                    s.tags as new_tags, s.attributes as new_attributes,
                    s.opted_out_at is not null as opted_out
                from staged s join contacts c on c.phone = s.phone
                where s.first_name <> coalesce(c.first_name, '')
                    or s.last_name <> coalesce(c.last_name, '')
                    or s.language <> coalesce(c.language, '')
                    or s.opted_out_at is not null and c.opted_out_at is null
                    or not s.tags <@ c.tags or not s.attributes <@ c.attributes
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

    private sealed class Lane(NpgsqlConnection connection)
    {
        public NpgsqlConnection Connection => connection;

        public Task Merging { get; set; } = Task.CompletedTask;
    }
}
