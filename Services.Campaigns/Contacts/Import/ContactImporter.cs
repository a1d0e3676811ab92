using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes in the files that people have sent, one after the other, in one replica at a time; what a crash interrupts is
/// taken up again, there or elsewhere.
/// </summary>
internal sealed partial class ContactImporter(
    NpgsqlDataSource database, ImportStore store, TimeProvider clock, ILogger<ContactImporter> logger)
    : BackgroundService
{
    /// <summary>A file that has ended so many processes would end the next one too.</summary>
    private const int MostTries = 5;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PrunePause = TimeSpan.FromHours(1);

    private readonly Signal _signal = new(clock);
    private readonly Outage _outage = new();

    /// <summary>Somebody has sent a file.</summary>
    public void Wake() => _signal.Set();

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var prune = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= prune)
                {
                    await store.PruneAsync(stoppingToken);
                    prune = clock.GetUtcNow() + PrunePause;
                }

                if (await store.NextAsync(stoppingToken) is not null)
                {
                    await ImportWaitingAsync(stoppingToken);
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

    private async Task ImportWaitingAsync(CancellationToken cancellationToken)
    {
        // The lock goes with its connection, and so with the process; so does the table of the staged rows.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await LockAsync("select pg_try_advisory_lock(hashtext('imports'))"))
        {
            return;
        }

        try
        {
            while (await store.NextAsync(cancellationToken) is { } id)
            {
                await ImportAsync(connection, id, cancellationToken);
            }
        }
        finally
        {
            if (connection.FullState is System.Data.ConnectionState.Open)
            {
                await LockAsync("select pg_advisory_unlock(hashtext('imports'))");
            }
        }

        async Task<bool> LockAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return (bool)(await command.ExecuteScalarAsync(CancellationToken.None))!;
        }
    }

    private async Task ImportAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        if (await store.TakeAsync(id, MostTries, cancellationToken) is not { } job)
        {
            await store.FailAsync(id, Unreadable, cancellationToken);
            return;
        }

        try
        {
            await using (var drop = new NpgsqlCommand("drop table if exists staged, seen", connection))
            {
                await drop.ExecuteNonQueryAsync(cancellationToken);
            }

            var rows = await new ImportStaging(connection, store, clock).FillAsync(job, cancellationToken);
            await new ImportMerge(connection, clock).RunAsync(job, rows, cancellationToken);
            LogImported(id, rows);
        }
        catch (ImportFileException exception)
        {
            await store.FailAsync(id, new("file", exception.Line, exception.Remedy), cancellationToken);
        }
        catch (Exception exception) when (
            !Database.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
        {
            LogBroken(exception, id); // and would be the next time: the other files have their turn
            await store.FailAsync(id, Unreadable, cancellationToken);
        }
    }

    private static ImportError Unreadable { get; } = new(
        "file", null, new(
            "The file could not be taken in, for a reason that the service's log tells: save it as CSV (UTF-8) once "
            + "more, or send it in parts.",
            "Le fichier n’a pas pu être importé, pour une raison que donne le journal du service : enregistrez-le de "
            + "nouveau au format CSV (UTF-8), ou envoyez-le en plusieurs parties."));

    [LoggerMessage(LogLevel.Information, "Import {ImportId}: {Rows} rows")]
    private partial void LogImported(Guid importId, int rows);

    [LoggerMessage(LogLevel.Error, "Import {ImportId} could not be taken in")]
    private partial void LogBroken(Exception exception, Guid importId);

    [LoggerMessage(LogLevel.Warning, "Files cannot be imported, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
