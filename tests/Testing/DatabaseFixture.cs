using System.Collections.Concurrent;
using Npgsql;
using Xunit;

namespace Testing;

/// <summary>
/// Empty databases on a real PostgreSQL: that of <c>TEST_POSTGRES</c> (a connection string with the right to create
/// databases) or else a private one, which is started at the first use and is gone at the end.
/// </summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private readonly ConcurrentBag<string> databases = [];
    private readonly Lazy<Task<PrivateServer>> server = new(PrivateServer.StartPostgresAsync);
    private readonly string? given = Environment.GetEnvironmentVariable("TEST_POSTGRES");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Creates an empty database and returns its connection string; it is dropped at the end.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var connectionString = string.IsNullOrEmpty(given) ? (await server.Value).Address : given;
        var name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync(connectionString, $"create database {name}");
        databases.Add(name);
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server.IsValueCreated)
        {
            await (await server.Value).DisposeAsync();
        }
        else if (!string.IsNullOrEmpty(given))
        {
            foreach (var name in databases)
            {
                await ExecuteAsync(given, $"drop database if exists {name} with (force)");
            }
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
