using System.Diagnostics;
using System.Text.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace ServiceDefaults;

/// <summary>
/// Says something in the same transaction as doing it: the row commits or vanishes with the rest, and
/// <see cref="OutboxRelay"/> publishes it, at least once, as soon as the broker takes it.
/// The table is Outbox.sql; a service links it among its migrations.
/// </summary>
public sealed class Outbox(TimeProvider clock) : IDisposable
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

    internal Signal Signal { get; } = new(clock);

    public void Dispose() => Signal.Dispose();
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
