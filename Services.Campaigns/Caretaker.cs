using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Does what somebody wants done, one thing after the other, in one replica at a time. What is wanted are rows; if the
/// replica dies, another one goes on with them.
/// </summary>
/// <param name="what">Names the work: its lock, and in the log.</param>
/// <param name="look">How often it is looked for by itself.</param>
internal abstract partial class Caretaker(
    string what, TimeSpan look, NpgsqlDataSource database, TimeProvider clock, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan PrunePause = TimeSpan.FromHours(1);

    private readonly Signal _signal = new(clock);
    private readonly Outage _outage = new();

    /// <summary>Something new is wanted.</summary>
    public void Wake() => _signal.Set();

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    /// <summary>Throws away what nobody will ask for any more.</summary>
    protected abstract Task PruneAsync(CancellationToken cancellationToken);

    /// <summary>Whether anything is wanted: a look that costs little.</summary>
    protected abstract Task<bool> IsWantedAsync(CancellationToken cancellationToken);

    /// <summary>Does all that is wanted. The lock goes with <paramref name="connection"/>, and so with the process.</summary>
    protected abstract Task DoWantedAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var prune = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= prune)
                {
                    await PruneAsync(stoppingToken);
                    prune = clock.GetUtcNow() + PrunePause;
                }

                if (await IsWantedAsync(stoppingToken))
                {
                    await DoLockedAsync(stoppingToken);
                }

                _outage.Ends();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(logger, what, exception.Message);
                }
            }

            await _signal.WaitAsync(look, stoppingToken);
        }
    }

    private async Task DoLockedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await LockAsync("select pg_try_advisory_lock(hashtext($1))"))
        {
            return;
        }

        try
        {
            await DoWantedAsync(connection, cancellationToken);
        }
        finally
        {
            if (connection.FullState is System.Data.ConnectionState.Open)
            {
                await LockAsync("select pg_advisory_unlock(hashtext($1))");
            }
        }

        async Task<bool> LockAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = what } } };
            return (bool)(await command.ExecuteScalarAsync(CancellationToken.None))!;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The {Work} cannot be taken care of, trying on: {Reason}")]
    private static partial void LogFailed(ILogger logger, string work, string reason);
}
