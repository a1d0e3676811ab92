using System.Threading.Channels;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes in the files that people have sent, and takes back what they want undone. What a crash interrupts is taken up
/// again, there or elsewhere.
/// </summary>
internal sealed partial class ContactImporter(
    NpgsqlDataSource database, ImportStore store, TimeProvider clock, ILogger<ContactImporter> logger)
    : Caretaker("imports", Look, database, clock, logger)
{
    /// <summary>A file that has ended so many processes would end the next one too.</summary>
    private const int MostTries = 5;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _database = database;
    private readonly TimeProvider _clock = clock;

    protected override Task PruneAsync(CancellationToken cancellationToken) => store.PruneAsync(cancellationToken);

    protected override async Task<bool> IsWantedAsync(CancellationToken cancellationToken) =>
        await store.NextAsync(cancellationToken) is not null;

    protected override async Task DoWantedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (await store.NextAsync(cancellationToken) is { } id)
        {
            await DoAsync(connection, id, cancellationToken);
        }
    }

    private async Task DoAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        if (await store.TakeAsync(id, MostTries, cancellationToken) is not { } job)
        {
            await store.FailAsync(id, Unreadable, cancellationToken);
            return;
        }

        try
        {
            if (job.IsUndo)
            {
                await new ImportUndo(connection).RunAsync(id, cancellationToken);
                await store.FinishUndoAsync(id, cancellationToken);
            }
            else
            {
                await ImportAsync(connection, job, cancellationToken);
                await store.FinishAsync(id, cancellationToken);
            }

            LogDone(id, job.IsUndo ? "undone" : "completed");
        }
        catch (ImportFileException exception)
        {
            await store.FailAsync(id, exception.Error, cancellationToken);
        }
        catch (Exception exception) when (
            !Database.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
        {
            LogBroken(exception, id); // and would be the next time: the other files have their turn
            await store.FailAsync(id, Unreadable, cancellationToken);
        }
    }

    private async Task ImportAsync(NpgsqlConnection connection, ImportJob job, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var file = store.OpenFile(job.Id);
        var chunks = Channel.CreateBounded<ImportChunk>(4);
        var reading = Task.Run(() => ImportChunk.ReadAllAsync(file, job, _clock, chunks.Writer, stop.Token), stop.Token);
        try
        {
            await new ImportMerge(connection, _database).RunAsync(job, chunks.Reader, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private static ImportError Unreadable { get; } = new(
        "file", null, new(
            "The file could not be taken in, for a reason that the service's log tells: save it as CSV (UTF-8) once "
            + "more, or send it in parts.",
            "Le fichier n’a pas pu être importé, pour une raison que donne le journal du service : enregistrez-le de "
            + "nouveau au format CSV (UTF-8), ou envoyez-le en plusieurs parties."));

    [LoggerMessage(LogLevel.Information, "Import {ImportId} {Done}")]
    private partial void LogDone(Guid importId, string done);

    [LoggerMessage(LogLevel.Error, "Import {ImportId} could not be taken in")]
    private partial void LogBroken(Exception exception, Guid importId);
}
