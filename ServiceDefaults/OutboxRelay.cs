using System.Diagnostics;
using System.Text.Json;
using Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// Publishes what stands in the outbox, oldest first. The rows stay locked until the broker has confirmed them, so
/// several relays share the work and a relay that dies gives its rows back at once.
/// </summary>
/// <remarks>
/// What cannot leave holds up nothing behind it: a kind of message that no queue takes rests for a while, all of it; a
/// row that this version cannot read stays where it is for the next one.
/// </remarks>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database, IBus bus, Outbox outbox, TimeProvider clock, ILogger<OutboxRelay> logger)
    : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Outage _outage = new();
    private readonly Dictionary<string, long> _restingSince = [];
    private readonly HashSet<long> _unreadable = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RelayBatchAsync(stoppingToken) == BatchSize)
                {
                }

                if (_outage.Ends())
                {
                    LogWell();
                }

                await outbox.Signal.WaitAsync(Pause, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }

                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private async Task<int> RelayBatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var rows = await TakeAsync(transaction, cancellationToken);
        var publishing = rows.ConvertAll(row => PublishAsync(row, cancellationToken));
        try
        {
            await Task.WhenAll(publishing);
        }
        finally
        {
            // Whatever the broker has, leaves; the rest keeps its place in the order.
            var tried = rows.Zip(publishing).Where(pair => pair.Second.IsCompletedSuccessfully)
                .ToLookup(pair => pair.Second.Result, pair => pair.First);
            Note(tried);
            if (tried.Contains(Outcome.Published))
            {
                await using var delete = new NpgsqlCommand(
                    "delete from outbox where id = any($1)", connection, transaction)
                { Parameters = { new() { Value = tried[Outcome.Published].Select(row => row.Id).ToArray() } } };
                await delete.ExecuteNonQueryAsync(CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }
        }

        return rows.Count;
    }

    private async Task<List<Row>> TakeAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var resting = _restingSince.Where(rest => clock.GetElapsedTime(rest.Value) < Rest).Select(rest => rest.Key);
        await using var select = new NpgsqlCommand("""
            select id, message_id, type, body, trace_parent from outbox
            where type <> all($1) and id <> all($2)
            order by id limit $3 for update skip locked
            """, transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = resting.ToArray() },
                new() { Value = _unreadable.ToArray() },
                new() { Value = BatchSize },
            },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4)));
        }

        return rows;
    }

    /// <summary>Fails only if the broker does.</summary>
    private async Task<Outcome> PublishAsync(Row row, CancellationToken cancellationToken)
    {
        if (Read(row) is not var (contract, message))
        {
            return Outcome.Unreadable;
        }

        _ = ActivityContext.TryParse(row.TraceParent, null, isRemote: true, out var parent);
        using var activity = Outbox.Activities.StartActivity("outbox relay", ActivityKind.Internal, parent);
        try
        {
            await bus.PublishDurablyAsync(message, contract, row.MessageId, cancellationToken);
            return Outcome.Published;
        }
        catch (MessageReturnedException)
        {
            return Outcome.NotTaken;
        }
    }

    private static (Type Contract, object Message)? Read(Row row)
    {
        try
        {
            return typeof(SendMessage).Assembly.GetType(row.Type) is { } contract
                && JsonSerializer.Deserialize(row.Body, contract) is { } message
                    ? (contract, message)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Remembers what is not to be tried now, and says so once.</summary>
    private void Note(ILookup<Outcome, Row> tried)
    {
        foreach (var type in tried[Outcome.Published].Select(row => row.Type).Distinct())
        {
            if (_restingSince.Remove(type))
            {
                LogTaken(type);
            }
        }

        foreach (var type in tried[Outcome.NotTaken].Select(row => row.Type).Distinct())
        {
            if (!_restingSince.ContainsKey(type))
            {
                LogNotTaken(type);
            }

            _restingSince[type] = clock.GetTimestamp();
        }

        foreach (var row in tried[Outcome.Unreadable])
        {
            _unreadable.Add(row.Id);
            LogUnreadable(row.Id, row.Type);
        }
    }

    private enum Outcome
    {
        Published,
        NotTaken,
        Unreadable,
    }

    private sealed record Row(long Id, Guid MessageId, string Type, string Body, string? TraceParent);

    [LoggerMessage(LogLevel.Warning, "The outbox cannot be relayed, trying on: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The outbox is relayed again")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Warning, "No queue takes {Type}: kept in the outbox until a service subscribes")]
    private partial void LogNotTaken(string type);

    [LoggerMessage(LogLevel.Information, "{Type} is taken again")]
    private partial void LogTaken(string type);

    [LoggerMessage(LogLevel.Error, "Row {Id} of the outbox cannot be read as {Type}: left to another version")]
    private partial void LogUnreadable(long id, string type);
}
