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
/// <param name="holdsUp">False for a service that is of use without its database: it starts meanwhile.</param>
internal sealed partial class Migrations(
    NpgsqlDataSource database, TimeProvider clock, ILogger<Migrations> logger, Assembly assembly, bool holdsUp)
    : IHostedLifecycleService, IDisposable
{
    private const string Lock = "select pg_advisory_xact_lock(hashtext('schema_migrations'))";

    private readonly CancellationTokenSource _stopping = new();
    private Task _applying = Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _applying = ApplyAllAsync(holdsUp ? cancellationToken : _stopping.Token);
        if (holdsUp)
        {
            await _applying;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _applying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

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

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Migration {Name} applied")]
    private partial void LogApplied(string name);

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet, trying on: {Reason}")]
    private partial void LogWaiting(string reason);
}
