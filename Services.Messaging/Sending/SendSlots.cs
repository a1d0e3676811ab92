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
    /// <summary>While a call is under way elsewhere, its end is not known: ask again after this long.</summary>
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The sender's next start, judged once its row is locked: spaced from the last one, and a whole period after the
    /// last start at its place in the ring.
    /// </summary>
    private const string NextTurn = $"""
        locked as materialized (
            select next_at, starts[turns % $4 + 1] as earlier, turns % $4 + 1 as place, halted_until
            from sender_slots where sender = $1 for update
        ), turn as materialized (
            select place, greatest(clock_timestamp(), {Next}) as start
            from (select place, next_at, earlier, halted_until, $2 as hold, $3 as far, $5 as period from locked) slot
        """;

    /// <summary>
    /// When the next start may be. An instant too far ahead comes from a clock put back: how long ago it was is not known,
    /// so it counts as of now (see <see cref="MendAsync"/>).
    /// </summary>
    private const string Next = """
        greatest(
            case when next_at <= clock_timestamp() + far then next_at else clock_timestamp() + hold end,
            least(earlier, case when earlier > clock_timestamp() + far then clock_timestamp() end) + period)
        """;

    private const string TakeTurn = """
        next_at = turn.start + $2, starts[turn.place] = turn.start, turns = slot.turns + 1
        """;

    private readonly ConcurrentDictionary<string, Line> _lines = new();

    private readonly SendingOptions _options = options.Value;

    /// <summary>Waits for the sender's slot, as long as the order is valid; urgent orders first.</summary>
    public async Task<Turn> TakeAsync(SendMessage order, CancellationToken cancellationToken)
    {
        var pace = _options.For(order.From);
        var line = _lines.GetOrAdd(order.From, _ => new Line(pace.Lanes));
        await line.EnterAsync(order.Urgent, cancellationToken);
        try
        {
            while (true)
            {
                if (line.Rest(clock) is var rest && rest > TimeSpan.Zero)
                {
                    await PauseAsync(Shorter(rest, order.ExpiresAt - clock.GetUtcNow()), cancellationToken);
                }

                var valid = clock.GetUtcNow() < order.ExpiresAt;
                if (valid && await TryClaimAsync(order, cancellationToken) is { } claim)
                {
                    if (!pace.Strict)
                    {
                        line.OpensIn(claim.Following - pace.LookAhead / 2, clock);
                    }

                    return new Turn.Taken(claim);
                }

                var (known, halt, wait) = await LookAsync(order, cancellationToken);
                if (known is not null)
                {
                    return new Turn.Known(known);
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
        var pace = _options.For(order.From);
        // The slot's row is locked before the attempt's, here and wherever both are needed.
        var id = Guid.NewGuid();
        await using var command = database.Command($"""
            with known as (
                select from send_attempts
                where message_id = $6 and (attempt >= $7 or state in ('claimed', 'unknown', 'accepted'))
            ), {NextTurn}
                where not exists (select from known)
                    and (slot.halted_until is null or slot.halted_until <= clock_timestamp())
            ), slot as (
                update sender_slots slot set
                    {TakeTurn}, holder = $8,
                    halted_until = case when slot.halt_code = $9
                        then clock_timestamp() + $10 * power(2, least(slot.strikes, $11)) else slot.halted_until end
                from turn where slot.sender = $1 and turn.start <= clock_timestamp() + $12
                returning turn.start, turn.place, halt_code = $9 as probe, (
                    select {Next} from (
                        select slot.next_at, slot.starts[slot.turns % $4 + 1] as earlier, $2 as hold, $3 as far,
                            $5 as period) next
                    ) as following
            ), entry as (
                insert into send_attempts
                    (message_id, attempt, sender, recipient, content, retries_used, claim, provider, claimed_at,
                    parts, trace_parent, campaign_id)
                select $6, $7, $1, $13, $14, $15, $8, $16, slot.start, $17, $18, $19 from slot
                on conflict do nothing
                returning claimed_at
            )
            select slot.start - clock_timestamp(), probe, place, slot.start, following - clock_timestamp()
            from entry, slot
            """,
            [
                .. TurnOf(order.From, pace), order.MessageId, order.Attempt, id,
                RetryPolicy.OutcomeUnknown, RetryPolicy.FirstRest, RetryPolicy.RestDoublings, pace.LookAhead,
                order.To, order.Template is null ? "text" : "template", order.RetriesUsed, provider.Name,
                Likeness.Parts(order), Activity.Current?.Id, order.CampaignId,
            ]);
        // Not cancelled half-way: a claim that nobody knows of would hold the slot and the message for a while.
        cancellationToken.ThrowIfCancellationRequested();
        FailPoint.Reach("before-claim");
        var asked = clock.GetTimestamp();
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, CancellationToken.None);
        return await row.ReadAsync(CancellationToken.None)
            ? new Claim(id, asked, clock.GetElapsedTime(asked), row.GetTimeSpan(0))
            {
                Probe = !row.IsDBNull(1) && row.GetBoolean(1),
                Slot = new(row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3)),
                Following = row.GetTimeSpan(4),
            }
            : null;
    }

    /// <summary>
    /// In fast mode, for a call that is late: it leaves now, and its place counts from now; or, if the place has gone to
    /// another call meanwhile, it waits for the next one.
    /// </summary>
    /// <returns>The slot it has now, and how far ahead that is.</returns>
    public async Task<(Slot Slot, TimeSpan Ahead)> MoveAsync(string sender, Slot late)
    {
        var pace = _options.For(sender);
        await using (var command = database.Command("""
            update sender_slots set
                starts[$2] = greatest(clock_timestamp(), case when $3 <= clock_timestamp() + $4 then $3 end)
            where sender = $1 and starts[$2] = $3
            returning starts[$2], starts[$2] - clock_timestamp()
            """, sender, late.Place, late.Start, pace.Far))
        await using (var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, CancellationToken.None))
        {
            if (await row.ReadAsync(CancellationToken.None))
            {
                return (late with { Start = row.GetFieldValue<DateTimeOffset>(0) }, row.GetTimeSpan(1));
            }
        }

        await using (var command = database.Command($"""
            with {NextTurn}
            )
            update sender_slots slot set {TakeTurn} from turn where slot.sender = $1
            returning turn.place, turn.start, turn.start - clock_timestamp()
            """, TurnOf(sender, pace)))
        await using (var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, CancellationToken.None))
        {
            await row.ReadAsync(CancellationToken.None);
            return (new(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1)), row.GetTimeSpan(2));
        }
    }

    /// <summary>How much later than it left a call may have arrived, judged by when it was answered.</summary>
    public TimeSpan Held(string sender, TimeSpan took) =>
        !_options.For(sender).Strict && _lines.TryGetValue(sender, out var line) ? line.Excess(took) : TimeSpan.Zero;

    /// <summary>
    /// In fast mode the place of a call that was held up counts from when it may have arrived. By itself and not with the
    /// answer's record, which would keep the sender's row from other calls until it is committed.
    /// </summary>
    public async Task CountHeldAsync(string sender, Claim claim)
    {
        if (_options.For(sender) is { Strict: false } pace && claim.Held > pace.Lateness / 2)
        {
            await using var command = database.Command(
                "update sender_slots set starts[$2] = starts[$2] + $4 where sender = $1 and starts[$2] = $3",
                sender, claim.Slot.Place, claim.Slot.Start, claim.Held);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    /// <summary>In strict mode: the call is over, and the spacing counts from now.</summary>
    public Task FreeAsync(NpgsqlTransaction transaction, string sender, Claim claim) =>
        _options.For(sender) is not { Strict: true } pace
        ? Task.CompletedTask
        : transaction.ExecuteAsync("""
            update sender_slots set
                next_at = case when holder = $2 then clock_timestamp() + $3
                    else greatest(next_at, clock_timestamp() + $3) end,
                holder = nullif(holder, $2)
            where sender = $1
            """, CancellationToken.None, sender, claim.Id, pace.Spacing);

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
        var pace = _options.For(order.From);
        await using var command = database.Command($"""
            select {SendAttempt.Columns}, slot.halted_until, slot.halt_code, slot.next - clock_timestamp(),
                slot.halted_until - clock_timestamp(), slot.holder is not null, slot.put_back
            from (select) as always
            left join (
                select greatest(clock_timestamp(), {Next}) as next, holder, halted_until, halt_code,
                    clock_timestamp() + far < any (starts || next_at) as put_back from (
                    select *, starts[turns % $4 + 1] as earlier, $6 as far, $5 as period, $7 as hold
                    from sender_slots where sender = $3) known) slot on true
            left join lateral (
                select * from send_attempts
                where message_id = $1 and (attempt >= $2 or state in ('claimed', 'unknown', 'accepted'))
                order by attempt desc limit 1) known on true
            """, order.MessageId, order.Attempt, order.From, pace.Places, pace.Period, pace.Far, pace.Hold);
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        await row.ReadAsync(cancellationToken);

        var known = row.IsDBNull(0) ? null : SendAttempt.Read(row);
        if (row.IsDBNull(16))
        {
            await OpenAsync(order.From, cancellationToken);
            return (known, null, TimeSpan.Zero);
        }

        if (row.GetBoolean(19))
        {
            await MendAsync(order.From, pace, cancellationToken);
        }

        // Not at the first instant at which a slot could be reserved: then others may ask as well and get one.
        var wait = row.GetTimeSpan(16) - pace.LookAhead / 2;
        if (pace.Strict && row.GetBoolean(18))
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

    /// <summary>A sender that has not sent so far.</summary>
    private async Task OpenAsync(string sender, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            insert into sender_slots (sender, next_at) values ($1, clock_timestamp()) on conflict do nothing
            """, sender);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// The database's clock was put back and what it had said lies ahead of it: the starts, and the end of a call under
    /// way, count as of now, so that the rate holds and nobody waits until the clock is there again.
    /// </summary>
    private async Task MendAsync(string sender, Pace pace, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update sender_slots set
                next_at = least(next_at, clock_timestamp() + case when holder is null then $3 else $4 end),
                starts = array(
                    select case when start > clock_timestamp() then clock_timestamp() else start end
                    from unnest(starts) with ordinality as place (start, number) order by number)
            where sender = $1 and clock_timestamp() + $2 < any (starts || next_at)
            """, sender, pace.Far, pace.Spacing, pace.Hold);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first five parameters of <see cref="NextTurn"/> and <see cref="TakeTurn"/>.</summary>
    private static object[] TurnOf(string sender, Pace pace) =>
        [sender, pace.Hold, pace.Far, pace.Places, pace.Period];

    // A delay is cut to whole milliseconds; a wait that ends too early would only ask the database once more.
    private Task PauseAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(
            TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(
                wait.TotalMilliseconds, 1, LongestPause.TotalMilliseconds))),
            clock, cancellationToken);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
