using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Checks the books every night and when somebody wants it. The wishes are rows, of which one replica takes care at a
/// time; if it dies, another one does. Besides, it throws away what nobody will ask for any more.
/// </summary>
internal sealed partial class BookKeeper(
    NpgsqlDataSource database, BookStore store, BookCheck check, IOptions<BookOptions> options, TimeProvider clock,
    ILogger<BookKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PrunePause = TimeSpan.FromHours(1);

    private readonly Signal _signal = new(clock);
    private readonly Outage _outage = new();

    /// <summary>Somebody wants a check.</summary>
    public void Wake() => _signal.Set();

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var nightly = options.Value.NextCheck(clock.GetUtcNow());
        var prune = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = clock.GetUtcNow();
                if (now >= nightly)
                {
                    await store.WishNightlyAsync(nightly.Value, stoppingToken);
                    nightly = options.Value.NextCheck(now);
                }

                if (now >= prune)
                {
                    await EarlyStatuses.PruneAsync(database, now, stoppingToken);
                    prune = now + PrunePause;
                }

                if (await store.NextWishAsync(stoppingToken) is not null)
                {
                    await CheckWantedAsync(stoppingToken);
                }

                _outage.Ends();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }
            }

            await _signal.WaitAsync(Look, stoppingToken);
        }
    }

    private async Task CheckWantedAsync(CancellationToken cancellationToken)
    {
        // The lock goes with its connection, and so with the process.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await LockAsync("select pg_try_advisory_lock(hashtext('books'))"))
        {
            return;
        }

        try
        {
            while (await store.NextWishAsync(cancellationToken) is { } wish)
            {
                try
                {
                    await check.RunAsync(wish.Scope == Guid.Empty ? null : wish.Scope, cancellationToken);
                }
                catch (Exception exception) when (
                    !Database.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
                {
                    LogNotChecked(exception); // and would not be the next time: the other wishes have their turn
                }

                await store.DoneAsync(wish, cancellationToken);
            }
        }
        finally
        {
            await LockAsync("select pg_advisory_unlock(hashtext('books'))");
        }

        async Task<bool> LockAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return (bool)(await command.ExecuteScalarAsync(CancellationToken.None))!;
        }
    }

    [LoggerMessage(LogLevel.Error, "The books could not be checked")]
    private partial void LogNotChecked(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The books cannot be checked, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
