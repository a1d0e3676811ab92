using Contracts;
using Npgsql;
using ServiceDefaults;
using Services.Campaigns;

namespace Model.Tests;

/// <content>What must hold, whatever has happened.</content>
internal sealed partial class World
{
    /// <summary>
    /// What failed may be tried again; but never are two out that may both arrive, unless somebody asked for another
    /// try of what may have arrived.
    /// </summary>
    public async Task AssertNobodyTwiceAsync()
    {
        foreach (var ofOne in _provider.Messages.GroupBy(message => message.Order.MessageId))
        {
            Assert.True(
                ofOne.Count(message => message.Status != DeliveryStatus.Failed)
                    <= 1 + _riskedAgain.GetValueOrDefault(ofOne.Key),
                "Somebody was written to twice: " + await DescribeAsync());
        }
    }

    /// <summary>Rows say what became of each message at the provider, and the counters are their recount.</summary>
    public async Task AssertBooksAgreeAsync()
    {
        var unconfirmed = (await RowsAsync(
            _messagingDb, "select message_id::text from send_attempts where state = 'unconfirmed'")).ToHashSet();
        await using var command = _campaignsDb.Command("select id, status, provider_message_id from messages");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (id, status) = (row.GetGuid(0), (MessageStatus)row.GetInt16(1));
            var arrived = _provider.Messages
                .Where(message => message.Order.MessageId == id && message.Status != DeliveryStatus.Failed).ToList();
            Assert.True(
                arrived.Count == 0 ? status is MessageStatus.Failed or MessageStatus.Skipped
                    : Says(arrived.MaxBy(message => message.Status)!, arrived)
                        // A report that names the person only cannot always be told from another's.
                        || (!Carrier.NamesOurs && unconfirmed.Contains($"{id}")),
                $"{id} is {status}: " + await DescribeAsync());

            // Of two that are out the row knows the one that got furthest; a delivery, whichever it is.
            bool Says(Carried furthest, List<Carried> all) => furthest.Status is DeliveryStatus.Sent
                ? (status == MessageStatus.Sent && row.GetString(2) == furthest.Sid) || _riskedAgain.ContainsKey(id)
                : status == MessageStatus.Read && all.Exists(message => message.Sid == row.GetString(2));
        }

        await row.DisposeAsync();
        await using var counted = _campaignsDb.Command("""
            select count(*) from (
                select kind, status, count(*) as n from messages group by 1, 2
                union all select kind, 100, count(*) from messages where replied_at is not null group by 1, 2) r
            full join campaign_counters c using (kind, status)
            where coalesce(r.n, 0) <> coalesce(c.n, 0)
            """);
        Assert.True(await counted.ExecuteScalarAsync() is 0L, "Counters are off: " + await DescribeAsync());
    }

    private async Task<bool> IsSettledAsync()
    {
        await using var open = _campaignsDb.Command("select count(*) from messages where status < 4");
        await using var unsettled = _messagingDb.Command("""
            select (select count(*) from send_attempts where state in ('claimed', 'unknown'))
                + (select count(*) from outbox)
            """);
        return _wire.Count == 0 && _calls.Count == 0 && _provider.Messages.TrueForAll(message => message.IsFinal)
            && await open.ExecuteScalarAsync() is 0L && await unsettled.ExecuteScalarAsync() is 0L;
    }

    private async Task<string> DescribeAsync() => string.Join('\n', [
        "", .. await RowsAsync(_campaignsDb, """
            select concat_ws(' ', 'row', id, 'kind', kind, 'status', status, 'attempts', attempts, provider_message_id,
                next_attempt_at, (select string_agg(concat_ws('/', e ->> 'event', e ->> 'attempt', e ->> 'detail'), ' ')
                    from jsonb_array_elements(timeline) e)) from messages order by id
            """),
        .. await RowsAsync(_campaignsDb, "select concat_ws(' ', 'counter', kind, status, n) from campaign_counters"),
        .. await RowsAsync(_messagingDb, """
            select concat_ws(' ', 'ledger', message_id, attempt, state, provider_message_id, error_code, reason, looks,
                look_at) from send_attempts order by 1
            """),
        .. _provider.Messages.Select(message =>
            $"provider {message.Order.MessageId} {message.Order.Attempt} {message.Status} {message.Sid}"),
        .. _calls.Select(call => $"call {call.Order.MessageId} {call.Order.Attempt} {call.Result}"),
        $"wire {_wire.Count}",
    ]);

    private static async Task<List<string>> RowsAsync(NpgsqlDataSource database, string sql)
    {
        var rows = new List<string>();
        await using var command = database.Command(sql);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows.Add(row.GetString(0));
        }

        return rows;
    }
}
