using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults;

/// <summary>The requests with a key, and their answers.</summary>
internal sealed partial class IdempotencyStore(
    NpgsqlDataSource database, TimeProvider clock, ILogger<IdempotencyStore> logger)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Who has not renewed it for so long has died.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public async Task<IdempotencyClaim> ClaimAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claim = Guid.CreateVersion7(now);
        await using (var command = database.Command("""
            insert into idempotency_keys as k (id, claim, made_id, leased_until, created_at)
            values ($1, $2, $2, $3, $4)
            on conflict (id) do update set
                claim = excluded.claim, leased_until = excluded.leased_until,
                made_id = case when k.created_at > $5 then k.made_id else excluded.made_id end,
                created_at = case when k.created_at > $5 then k.created_at else excluded.created_at end,
                request = null, status = null, content_type = null, location = null, body = null
            where k.created_at <= $5 or k.status is null and k.leased_until <= $4
            returning made_id
            """, id, claim, now + Lease, now, now - Kept))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is Guid madeId)
            {
                return new IdempotencyClaim.Mine(id, claim, madeId);
            }
        }

        await using var find = database.Command("""
            select request, status, content_type, location, body from idempotency_keys
            where id = $1 and status is not null
            """, id);
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new IdempotencyClaim.Answered(new(
                row.GetFieldValue<byte[]>(0), row.GetInt16(1), row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4)))
            : new IdempotencyClaim.Busy();
    }

    /// <summary>A large file takes longer than the lease.</summary>
    public async Task WhileRenewingAsync(IdempotencyClaim.Mine claim, Func<Task> work)
    {
        using var stop = new CancellationTokenSource();
        var renewing = RenewAsync(claim, stop.Token);
        try
        {
            await work();
        }
        finally
        {
            await stop.CancelAsync();
            await renewing;
        }
    }

    /// <summary>
    /// False if that failed. The write is done all the same, and answered: a repeat is tried again and finds it.
    /// </summary>
    public Task<bool> TryKeepAsync(IdempotencyClaim.Mine claim, IdempotencyAnswer answer) => TryAsync("""
        update idempotency_keys set request = $3, status = $4, content_type = $5, location = $6, body = $7
        where id = $1 and claim = $2
        """, claim, answer.Request, answer.Status, answer.ContentType, answer.Location, answer.Body);

    /// <summary>There is no answer to keep: whoever repeats the request may try again.</summary>
    public Task GiveBackAsync(IdempotencyClaim.Mine claim) => TryAsync(
        "update idempotency_keys set leased_until = $3 where id = $1 and claim = $2 and status is null", claim,
        clock.GetUtcNow());

    /// <summary>Throws away what is older than a day.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "delete from idempotency_keys where created_at <= $1", clock.GetUtcNow() - Kept);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RenewAsync(IdempotencyClaim.Mine claim, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Lease / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await TryAsync(
                    "update idempotency_keys set leased_until = $3 where id = $1 and claim = $2", claim,
                    clock.GetUtcNow() + Lease);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The work is done.
        }
    }

    // Not cancelled with the request: the write has happened.
    private async Task<bool> TryAsync(string sql, IdempotencyClaim.Mine claim, params object?[] values)
    {
        try
        {
            await using var command = database.Command(sql, [claim.Id, claim.Claim, .. values]);
            return await command.ExecuteNonQueryAsync(CancellationToken.None) == 1;
        }
        catch (NpgsqlException exception)
        {
            LogFailed(exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "An answer could not be kept for a repeat of its request: {Reason}")]
    private partial void LogFailed(string reason);
}

/// <summary>What a request with a key meets.</summary>
internal abstract record IdempotencyClaim
{
    private IdempotencyClaim()
    {
    }

    /// <summary>It is this one's to do.</summary>
    public sealed record Mine(Guid Id, Guid Claim, Guid MadeId) : IdempotencyClaim
    {
        /// <summary>An earlier try may have made it.</summary>
        public bool MayExist => MadeId != Claim;
    }

    /// <summary>It has been done.</summary>
    public sealed record Answered(IdempotencyAnswer Answer) : IdempotencyClaim;

    /// <summary>Another one is at it.</summary>
    public sealed record Busy : IdempotencyClaim;
}

/// <param name="Request">The digest of the request that was answered so.</param>
/// <param name="Body">Sealed; null: it held a secret and is not kept.</param>
internal sealed record IdempotencyAnswer(
    byte[] Request, short Status, string? ContentType, string? Location, byte[]? Body);

/// <summary>Throws away what nobody will repeat any more.</summary>
internal sealed partial class IdempotencySweep(
    IdempotencyStore store, TimeProvider clock, ILogger<IdempotencySweep> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Outage _outage = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.SweepAsync(cancellationToken);
            _outage.Ends();
        }
        catch (NpgsqlException exception)
        {
            if (_outage.Begins())
            {
                LogFailed(exception.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old answers cannot be thrown away, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
