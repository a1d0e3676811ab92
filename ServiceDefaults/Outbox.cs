using System.Diagnostics;
using System.Text.Json;
using Contracts;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace ServiceDefaults;

/// <summary>
/// Says something in the same transaction as doing it: the row commits or vanishes with the rest, and
/// <see cref="OutboxRelay"/> publishes it, at least once, as soon as the broker takes it.
/// The table is Outbox.sql; a service links it among its migrations.
/// </summary>
public sealed class Outbox : IDisposable
{
    internal static readonly ActivitySource Activities = new("Campaigns.Outbox");

    /// <summary>
    /// Adds <paramref name="message"/> inside <paramref name="transaction"/>. Call <see cref="Committed"/> after the
    /// commit; without it the relay finds the row a second later.
    /// </summary>
    public static async Task AddAsync<T>(
        NpgsqlTransaction transaction, T message, CancellationToken cancellationToken, Guid? messageId = null)
        where T : class
    {
        await using var command = new NpgsqlCommand("""
            insert into outbox (message_id, type, body, trace_parent) values ($1, $2, $3, $4)
            on conflict (message_id) do nothing
            """, transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = messageId ?? NewId.NextGuid() },
                new() { Value = typeof(T).FullName },
                new() { Value = JsonSerializer.Serialize(message), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = (object?)Activity.Current?.Id ?? DBNull.Value },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Wakes the relay.</summary>
    public void Committed() => Signal.Set();

    internal Signal Signal { get; } = new();

    public void Dispose() => Signal.Dispose();
}

/// <summary>
/// Publishes what stands in the outbox, oldest first. The rows stay locked until the broker has confirmed them, so
/// several relays share the work and a relay that dies gives its rows back at once.
/// </summary>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database, IBus bus, Outbox outbox, TimeProvider clock, ILogger<OutboxRelay> logger)
    : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RelayBatchAsync(stoppingToken) == BatchSize)
                {
                }

                await outbox.Signal.WaitAsync(Pause, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception.Message);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private async Task<int> RelayBatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var rows = new List<(long Id, Task Published)>();
        await using (var select = new NpgsqlCommand("""
            select id, message_id, type, body, trace_parent from outbox
            order by id limit $1 for update skip locked
            """, connection, transaction) { Parameters = { new() { Value = BatchSize } } })
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add((reader.GetInt64(0), PublishAsync(
                    reader.GetGuid(1), reader.GetString(2), reader.GetString(3),
                    reader.IsDBNull(4) ? null : reader.GetString(4), cancellationToken)));
            }
        }

        try
        {
            await Task.WhenAll(rows.Select(row => row.Published));
        }
        finally
        {
            // Whatever the broker has, leaves; the rest keeps its place in the order.
            var published = rows.Where(row => row.Published.IsCompletedSuccessfully).Select(row => row.Id).ToArray();
            if (published.Length > 0)
            {
                await using var delete = new NpgsqlCommand(
                    "delete from outbox where id = any($1)", connection, transaction)
                { Parameters = { new() { Value = published } } };
                await delete.ExecuteNonQueryAsync(CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }
        }

        return rows.Count;
    }

    private async Task PublishAsync(
        Guid messageId, string type, string body, string? traceParent, CancellationToken cancellationToken)
    {
        var contract = typeof(SendMessage).Assembly.GetType(type, throwOnError: true)!;
        _ = ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        using var activity = Outbox.Activities.StartActivity("outbox relay", ActivityKind.Internal, parent);
        await bus.PublishDurablyAsync(
            JsonSerializer.Deserialize(body, contract)!, contract, messageId, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The outbox could not be relayed, trying again: {Reason}")]
    private partial void LogFailed(string reason);
}

public static class OutboxExtensions
{
    /// <summary>Registers <see cref="Outbox"/> and its relay; needs a database and the message bus.</summary>
    public static WebApplicationBuilder AddOutbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Outbox>().AddHostedService<OutboxRelay>();
        return builder;
    }
}
