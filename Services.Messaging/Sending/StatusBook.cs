using Contracts;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Notes in the ledger how far each message has got, the greatest of all reports, so that only what nobody has told is
/// asked for. One statement for all reports that wait.
/// </summary>
internal sealed class StatusBook(NpgsqlDataSource database, TimeProvider clock)
    : GroupCommit<StatusBook.Entry>(clock)
{
    /// <summary>
    /// Returns once the report is noted. True if more follows from it: it settles an attempt, or is the failure of one
    /// that may be out, or nobody knows which of the open ones it is about.
    /// </summary>
    public async Task<bool> EnterAsync(StatusChanged report, CancellationToken cancellationToken)
    {
        var entry = new Entry(report);
        await EnterAsync(entry, cancellationToken);
        return entry.Matters;
    }

    protected override async Task CommitAsync(IReadOnlyList<Entry> batch, CancellationToken cancellationToken)
    {
        // Rows are locked in one order, so that two writers do not wait for each other.
        await using var command = database.Command("""
            with told as (
                select * from unnest(
                    $1::uuid[], $2::int[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[])
                    with ordinality as told (message_id, attempt, sid, told_status, provider, other, person, i)
            ), known as (
                select told.i, told_status, told.message_id is not null as named, other, line.message_id, line.attempt,
                    line.state
                from told join send_attempts line on line.message_id = told.message_id
                    and line.attempt = told.attempt and line.provider = told.provider
                    and coalesce(line.provider_message_id, sid) = sid
                union
                select told.i, told_status, false, case when line.provider_message_id = other then sid else other end,
                    line.message_id, line.attempt, line.state
                from told join send_attempts line
                    on line.provider_message_id = any(array[sid, other]) and line.provider = told.provider
                where told.message_id is null and line.provider_message_id is not null
                union
                select told.i, told_status, false, null, line.message_id, line.attempt, line.state
                from told join send_attempts line
                    on line.alternative_id = any(array[sid, other]) and line.provider = told.provider
                where told.message_id is null and line.alternative_id is not null
            ), most as (
                select message_id, attempt, max(told_status) as told_status, max(other) as other
                from known group by 1, 2
            ), news as (
                select line.message_id, line.attempt, told_status, other
                from send_attempts line join most using (message_id, attempt)
                where coalesce(line.status, -1) < told_status or line.alternative_id is null and other is not null
                order by 1, 2 for update of line
            ), noted as (
                update send_attempts line set
                    status = greatest(line.status, told_status), alternative_id = coalesce(line.alternative_id, other),
                    ask_at = case when told_status in (2, 4) then null else ask_at end
                from news where line.message_id = news.message_id and line.attempt = news.attempt
            )
            select i from known
            where case when told_status = 2 then state in ('claimed', 'unknown', 'accepted', 'unconfirmed')
                else named and state in ('claimed', 'unknown', 'absent', 'unconfirmed') end
            union
            select i from told
            where message_id is null and person is not null and not exists (select from known where known.i = told.i)
                and exists (
                    select from send_attempts line
                    where recipient = person and line.provider = told.provider
                        and state in ('claimed', 'unknown', 'unconfirmed'))
            """,
            batch.Select(entry => entry.Report.MessageId).ToArray(),
            batch.Select(entry => entry.Report.Attempt).ToArray(),
            batch.Select(entry => entry.Report.ProviderMessageId).ToArray(),
            batch.Select(entry => (short)entry.Report.Status).ToArray(),
            batch.Select(entry => entry.Report.Provider).ToArray(),
            batch.Select(entry => entry.Report.AlternativeId).ToArray(),
            batch.Select(entry => entry.Report.Recipient).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            batch[(int)row.GetInt64(0) - 1].Matters = true;
        }
    }

    /// <summary>One report on its way into the ledger.</summary>
    internal sealed record Entry(StatusChanged Report)
    {
        public bool Matters { get; set; }
    }
}
