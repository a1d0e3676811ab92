using System.Collections.Concurrent;
using System.Data;
using System.Diagnostics;
using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// The gate. One statement takes the sender's slot and enters the attempt in the ledger, by the database's clock; so
/// the spacing holds across processes, restarts and crashes, and whoever has the slot has the message.
/// </summary>
internal sealed class SendSlots(
    NpgsqlDataSource database, IMessageProvider provider, IOptions<SendingOptions> options, TimeProvider clock)
    : IDisposable
{
    /// <summary>For an order that comes while an earlier attempt of its message may still be out.</summary>
    private static readonly TimeSpan EarlierAttemptPause = TimeSpan.FromSeconds(10);

    /// <summary>While a call is under way elsewhere, its end is not known: ask again after this long.</summary>
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Line> _lines = new();

    private readonly SendingOptions _options = options.Value;

    /// <summary>Waits for the sender's slot, as long as the order is valid; urgent orders first.</summary>
    public async Task<Turn> TakeAsync(SendMessage order, CancellationToken cancellationToken)
    {
        var line = _lines.GetOrAdd(order.From, _ => new Line(_options.Lanes));
        await line.EnterAsync(order.Urgent, cancellationToken);
        try
        {
            while (true)
            {
                var valid = clock.GetUtcNow() < order.ExpiresAt;
                if (valid && await TryClaimAsync(order, cancellationToken) is { } claim)
                {
                    return new Turn.Taken(claim);
                }

                var (known, halt, wait) = await LookAsync(order, cancellationToken);
                if (known is not null)
                {
                    return known.Attempt >= order.Attempt
                        ? new Turn.Known(known)
                        : new Turn.Returned(clock.GetUtcNow() + EarlierAttemptPause, null);
                }

                if (!valid || halt?.Until >= order.ExpiresAt)
                {
                    return new Turn.Returned(halt?.Until, halt?.Code);
                }

                await PauseAsync(Shorter(wait, order.ExpiresAt - clock.GetUtcNow()), cancellationToken);
            }
        }
        finally
        {
            line.Leave();
        }
    }

    public void Dispose()
    {
        foreach (var line in _lines.Values)
        {
            line.Dispose();
        }
    }

    /// <summary>Null if the slot is not free, or the ledger knows better.</summary>
    internal async Task<Claim?> TryClaimAsync(SendMessage order, CancellationToken cancellationToken)
    {
        // The upsert waits for a slot row that another transaction has locked and then judges it anew. The slot's row
        // is locked before the attempt's, here and wherever both are needed.
        var id = Guid.NewGuid();
        await using var command = database.Command("""
            with known as (
                select from send_attempts
                where message_id = $1 and (attempt >= $2 or state in ('claimed', 'unknown', 'accepted'))
            ), slot as (
                insert into sender_slots as slot (sender, next_at, holder)
                select $3, clock_timestamp() + $8, $7 where not exists (select from known)
                on conflict (sender) do update set
                    next_at = $8 + case when slot.next_at between clock_timestamp() and clock_timestamp() + $10
                        then slot.next_at else clock_timestamp() end,
                    holder = excluded.holder,
                    halted_until = case when slot.halt_code = $14
                        then clock_timestamp() + $15 * power(2, least(slot.strikes, $16)) else slot.halted_until end
                where (slot.next_at <= clock_timestamp() + $9 or slot.next_at > clock_timestamp() + $10)
                    and (slot.halted_until is null or slot.halted_until <= clock_timestamp())
                returning next_at - $8 as starts_at, halt_code = $14 as probe
            ), entry as (
                insert into send_attempts
                    (message_id, attempt, sender, recipient, content, retries_used, claim, provider, claimed_at,
                    parts, trace_parent, campaign_id)
                select $1, $2, $3, $4, $5, $6, $7, $11, starts_at, $12, $13, $17 from slot
                on conflict do nothing
                returning claimed_at
            )
            select claimed_at - clock_timestamp(), probe from entry, slot
            """,
            order.MessageId, order.Attempt, order.From, order.To, order.Template is null ? "text" : "template",
            order.RetriesUsed, id, _options.Hold, _options.LookAhead, _options.Far, provider.Name,
            Likeness.Parts(order), Activity.Current?.Id, RetryPolicy.OutcomeUnknown, RetryPolicy.FirstRest,
            RetryPolicy.RestDoublings, order.CampaignId);
        // Not cancelled half-way: a claim that nobody knows of would hold the slot and the message for a while.
        cancellationToken.ThrowIfCancellationRequested();
        FailPoint.Reach("before-claim");
        var asked = clock.GetTimestamp();
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, CancellationToken.None);
        return await row.ReadAsync(CancellationToken.None)
            ? new Claim(
                id, asked, clock.GetElapsedTime(asked), row.GetTimeSpan(0), !row.IsDBNull(1) && row.GetBoolean(1))
            : null;
    }

    /// <summary>
    /// In fast mode, for a call that has missed its slot: the next one, whoever waits. Answers how far ahead it is.
    /// </summary>
    public async Task<TimeSpan> TakeAnotherAsync(string sender)
    {
        await using var command = database.Command("""
            update sender_slots set next_at = $2 + case when next_at between clock_timestamp() and clock_timestamp() + $3
                then next_at else clock_timestamp() end
            where sender = $1
            returning next_at - $2 - clock_timestamp()
            """, sender, _options.Spacing, _options.Far);
        return (TimeSpan)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    /// <summary>The call is over: in strict mode the spacing counts from now.</summary>
    public async Task FreeAsync(NpgsqlTransaction transaction, string sender, Claim claim)
    {
        if (!_options.Strict)
        {
            return;
        }

        await using var command = transaction.Command("""
            update sender_slots set
                next_at = case when holder = $2 then clock_timestamp() + $3
                    else greatest(next_at, clock_timestamp() + $3) end,
                holder = nullif(holder, $2)
            where sender = $1
            """, sender, claim.Id, _options.Spacing);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Before a change of an attempt that may halt its sender: slots are locked first.</summary>
    public static async Task LockAsync(
        NpgsqlTransaction transaction, string sender, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command("select from sender_slots where sender = $1 for update", sender);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>No call of this sender for as long; a span, since slots go by the database's clock.</summary>
    public static async Task HaltAsync(
        NpgsqlTransaction transaction, string sender, TimeSpan rest, string? code, CancellationToken cancellationToken)
    {
        await using var command = transaction.Command("""
            update sender_slots set halted_until = clock_timestamp() + $2, halt_code = $3
            where sender = $1 and (halted_until is null or halted_until < clock_timestamp() + $2)
            """, sender, rest, code);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// The outcome of a call is unknown. The sender rests, a second at first, twice as long after each probe that fares
    /// alike: a provider that fails for long must not be given message after message whose fate nobody knows. Calls
    /// that were under way beside it change nothing.
    /// </summary>
    public static Task<int> RestAsync(NpgsqlTransaction transaction, string sender, bool probe) =>
        transaction.ExecuteAsync("""
            update sender_slots set
                strikes = case when halt_code = $2 then strikes + 1 else 1 end, halt_code = $2,
                halted_until = clock_timestamp()
                    + $3 * power(2, least(case when halt_code = $2 then strikes else 0 end, $4))
            where sender = $1
                and (halted_until is null or halted_until <= clock_timestamp() or ($5 and halt_code = $2))
            """, CancellationToken.None, sender, RetryPolicy.OutcomeUnknown, RetryPolicy.FirstRest,
            RetryPolicy.RestDoublings, probe);

    /// <summary>The provider answers again: all may call.</summary>
    public static Task<int> EndRestAsync(NpgsqlTransaction transaction, string sender) =>
        transaction.ExecuteAsync("""
            update sender_slots set halted_until = null, halt_code = null, strikes = 0
            where sender = $1 and halt_code = $2
            """, CancellationToken.None, sender, RetryPolicy.OutcomeUnknown);

    private async Task<(SendAttempt? Known, Halt? Halt, TimeSpan Wait)> LookAsync(
        SendMessage order, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select {SendAttempt.Columns}, slot.halted_until, slot.halt_code,
                slot.next_at - clock_timestamp(), slot.halted_until - clock_timestamp(), slot.holder is not null
            from (select) as always
            left join (
                select next_at, holder, halted_until, halt_code from sender_slots where sender = $3) slot on true
            left join lateral (
                select * from send_attempts
                where message_id = $1 and (attempt >= $2 or state in ('claimed', 'unknown', 'accepted'))
                order by attempt desc limit 1) known on true
            """, order.MessageId, order.Attempt, order.From);
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        await row.ReadAsync(cancellationToken);

        var known = row.IsDBNull(0) ? null : SendAttempt.Read(row);
        // Not at the first instant at which a slot could be reserved: then others may ask as well and get one.
        var wait = row.IsDBNull(16) ? TimeSpan.Zero : row.GetTimeSpan(16) - _options.LookAhead / 2;
        if (_options.Strict && row.GetBoolean(18))
        {
            wait = Shorter(wait, BusyPause);
        }

        if (row.IsDBNull(17) || row.GetTimeSpan(17) is var rest && rest <= TimeSpan.Zero)
        {
            return (known, null, wait);
        }

        var halt = new Halt(row.GetFieldValue<DateTimeOffset>(14), row.IsDBNull(15) ? null : row.GetString(15));
        return (known, halt, wait > rest ? wait : rest);
    }

    // A delay is cut to whole milliseconds; a wait that ends too early would only ask the database once more.
    private Task PauseAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(
            TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(
                wait.TotalMilliseconds, 1, LongestPause.TotalMilliseconds))),
            clock, cancellationToken);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
