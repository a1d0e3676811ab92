using System.Data.Common;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// Brings the database to this version: every embedded SQL file that it has not seen, in the order of their names, each
/// in its own transaction, under an advisory lock, so that replicas starting together do it once. Waits for a server
/// that does not answer yet.
/// </summary>
/// <param name="holdsUp">False for a service that is of use without its database: it starts although that is away.</param>
internal sealed partial class Migrations(
    NpgsqlDataSource database, TimeProvider clock, ILogger<Migrations> logger, Assembly assembly, bool holdsUp,
    IHostApplicationLifetime lifetime) : IHostedLifecycleService
{
    private const string Lock = "select pg_advisory_xact_lock(hashtext('schema_migrations'))";

    private readonly TaskCompletionSource _away = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (holdsUp)
        {
            await ApplyAllAsync(cancellationToken);
        }
        else
        {
            await Task.WhenAny(ApplyMeanwhileAsync(lifetime.ApplicationStopping), _away.Task);
        }
    }

    private async Task ApplyMeanwhileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ApplyAllAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task ApplyAllAsync(CancellationToken cancellationToken)
    {
        var outage = new Outage();
        while (true)
        {
            try
            {
                await ApplyAsync(cancellationToken);
                return;
            }
            catch (DbException exception) when (Database.IsTransient(exception))
            {
                _away.TrySetResult();
                if (outage.Begins())
                {
                    LogWaiting(exception.Message);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var names = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(Lock);
            await ExecuteAsync("""
                create table if not exists schema_migrations (
                    name text primary key, applied_at timestamptz not null default now())
                """);
            await using var insert = new NpgsqlCommand(
                "insert into schema_migrations (name) values ($1) on conflict do nothing", connection, transaction)
            { Parameters = { new() { Value = name } } };
            if (await insert.ExecuteNonQueryAsync(cancellationToken) == 1)
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                await ExecuteAsync(await reader.ReadToEndAsync(cancellationToken));
                LogApplied(name);
            }

            await transaction.CommitAsync(cancellationToken);

            async Task ExecuteAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Migration {Name} applied")]
    private partial void LogApplied(string name);

    [LoggerMessage(LogLevel.Critical, "The database cannot be brought to this version")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet, trying on: {Reason}")]
    private partial void LogWaiting(string reason);
}
