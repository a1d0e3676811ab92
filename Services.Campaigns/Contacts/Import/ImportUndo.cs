using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes back what an import has done: whom it has made is removed, whom it has changed gets the earlier values back.
/// Who has been written to, or has been changed in whatever way since, stays as they are.
/// </summary>
internal sealed class ImportUndo(NpgsqlConnection connection)
{
    private const int ChunkSize = 5_000;

    public async Task RunAsync(Guid import, CancellationToken cancellationToken)
    {
        while (await RestoreAsync(import, cancellationToken))
        {
        }

        while (await RemoveAsync(import, cancellationToken))
        {
        }
    }

    // The notes of the changes go as they are followed; so it can be broken off and taken up anywhere.
    private async Task<bool> RestoreAsync(Guid import, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var followed = await transaction.ScalarAsync<int>($"""
            with locked as (
                select c.id from contacts c
                where c.id in (
                    select contact_id from contact_import_changes where import_id = $1 order by contact_id
                    limit {ChunkSize})
                order by c.id for update
            ), change as (
                delete from contact_import_changes x using locked where x.import_id = $1 and x.contact_id = locked.id
                returning x.*
            ), restored as (
                update contacts c set
                    first_name = x.first_name, last_name = x.last_name, language = x.language, tags = x.tags,
                    attributes = x.attributes, updated_at = x.updated_at,
                    opted_out_at = case when c.consent_at = x.changed_at then x.opted_out_at else c.opted_out_at end,
                    consent_at = case when c.consent_at = x.changed_at then x.consent_at else c.consent_at end
                from change x where c.id = x.contact_id and c.updated_at = x.changed_at
                returning 1
            )
            update contact_imports i set
                restored = i.restored + done.n, kept = i.kept + followed.n - done.n
            from (select count(*) as n from restored) done, (select count(*) as n from change) followed
            where i.id = $1
            returning followed.n::int
            """, cancellationToken, import);
        await transaction.CommitAsync(cancellationToken);
        return followed > 0;
    }

    private async Task<bool> RemoveAsync(Guid import, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var looked = await transaction.ScalarAsync<int>($"""
                with made as (
                    select c.* from contacts c
                    where c.import_id = $1 and c.id > coalesce(
                        (select undone_up_to from contact_imports where id = $1),
                        '00000000-0000-0000-0000-000000000000')
                    order by c.id limit {ChunkSize} for update
                ), removed as (
                    delete from contacts c using made
                    where c.id = made.id and made.updated_at = made.created_at and made.last_inbound_at is null
                        and made.joined_at is null and made.not_joined_at is null
                        and coalesce(made.consent_at, made.created_at) <= made.created_at
                        and not exists (select from messages m where m.contact_id = made.id)
                    returning 1
                )
                update contact_imports i set
                    removed = i.removed + gone.n, kept = i.kept + looked.n - gone.n,
                    undone_up_to = coalesce((select id from made order by id desc limit 1), i.undone_up_to)
                from (select count(*) as n from removed) gone, (select count(*) as n from made) looked
                where i.id = $1
                returning looked.n::int
                """, cancellationToken, import);
            await transaction.CommitAsync(cancellationToken);
            return looked > 0;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            return true; // a launch has just made a message for one of them: once more, without that one
        }
    }
}
