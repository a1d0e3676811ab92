using System.Collections.Concurrent;
using System.Data;
using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Services.Messaging;

/// <summary>A claim that is in the ledger: this process, and nobody else, may make this call.</summary>
/// <param name="Id">Named again when the answer is recorded.</param>
/// <param name="Asked">Local time stamp from before the claim.</param>
/// <param name="Due">How long after <paramref name="Asked"/> the call is due.</param>
internal sealed record Claim(Guid Id, long Asked, TimeSpan Due)
{
    /// <summary>
    /// The process was frozen: others may have judged this claim, and the slot may be another's by now.
    /// </summary>
    public bool IsTooLate(TimeSpan elapsed) => elapsed > Due + SendingOptions.StartLimit;
}

/// <summary>What may be done with an order.</summary>
internal abstract record Turn
{
    private Turn()
    {
    }

    /// <summary>Call the provider.</summary>
    public sealed record Taken(Claim Claim) : Turn;

    /// <summary>The ledger has this attempt, or a later one.</summary>
    public sealed record Known(SendAttempt Attempt) : Turn;

    /// <summary>Hand it back unsent.</summary>
    public sealed record Returned(DateTimeOffset? NotBefore, string? ErrorCode) : Turn;
}

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
        // is locked before the attempt's, here and when an answer is recorded.
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
                    holder = excluded.holder
                where (slot.next_at <= clock_timestamp() + $9 or slot.next_at > clock_timestamp() + $10)
                    and (slot.halted_until is null or slot.halted_until <= clock_timestamp())
                returning next_at - $8 as starts_at
            ), entry as (
                insert into send_attempts
                    (message_id, attempt, sender, recipient, content, retries_used, claim, provider, claimed_at)
                select $1, $2, $3, $4, $5, $6, $7, $11, starts_at from slot
                on conflict do nothing
                returning claimed_at
            )
            select claimed_at - clock_timestamp() from entry
            """,
            order.MessageId, order.Attempt, order.From, order.To, order.Template is null ? "text" : "template",
            order.RetriesUsed, id, _options.Hold, _options.LookAhead, _options.Far, provider.Name);
        // Not cancelled half-way: a claim that nobody knows of would hold the slot and the message for a while.
        cancellationToken.ThrowIfCancellationRequested();
        var asked = clock.GetTimestamp();
        return await command.ExecuteScalarAsync(CancellationToken.None) is TimeSpan ahead
            ? new Claim(id, asked, clock.GetElapsedTime(asked) + ahead)
            : null;
    }

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
        var wait = row.IsDBNull(15) ? TimeSpan.Zero : row.GetTimeSpan(15) - _options.LookAhead / 2;
        if (_options.Strict && row.GetBoolean(17))
        {
            wait = Shorter(wait, BusyPause);
        }

        if (row.IsDBNull(16) || row.GetTimeSpan(16) is var rest && rest <= TimeSpan.Zero)
        {
            return (known, null, wait);
        }

        var halt = new Halt(row.GetFieldValue<DateTimeOffset>(13), row.IsDBNull(14) ? null : row.GetString(14));
        return (known, halt, wait > rest ? wait : rest);
    }

    // A delay is cut to whole milliseconds; a wait that ends too early would only ask the database once more.
    private Task PauseAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(
            TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(
                wait.TotalMilliseconds, 1, LongestPause.TotalMilliseconds))),
            clock, cancellationToken);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>The orders of one sender in this process, the urgent ones in front.</summary>
    private sealed class Line(int lanes) : IDisposable
    {
        private readonly SemaphoreSlim _lanes = new(lanes);

        private int _urgent;

        public async Task EnterAsync(bool urgent, CancellationToken cancellationToken)
        {
            _ = urgent ? Interlocked.Increment(ref _urgent) : 0;
            try
            {
                await _lanes.WaitAsync(cancellationToken);
                while (!urgent && Volatile.Read(ref _urgent) > 0)
                {
                    // To the end of the line; sooner or later an urgent one's turn comes.
                    _lanes.Release();
                    await _lanes.WaitAsync(cancellationToken);
                }
            }
            finally
            {
                _ = urgent ? Interlocked.Decrement(ref _urgent) : 0;
            }
        }

        public void Leave() => _lanes.Release();

        public void Dispose() => _lanes.Dispose();
    }
}
