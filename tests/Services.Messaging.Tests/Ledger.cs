using Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;
using Testing;

namespace Services.Messaging.Tests;

/// <summary>The gate and the ledger on a real database, without broker and provider.</summary>
public sealed class Ledger(DatabaseFixture databases) : IAsyncLifetime
{
    private NpgsqlDataSource? _database;

    public NpgsqlDataSource Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await databases.CreateDatabaseAsync());
        var assembly = typeof(SendSlots).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var sql = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await using var command = Database.Command(await sql.ReadToEndAsync());
            await command.ExecuteNonQueryAsync();
        }
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>What a process of its own would have.</summary>
    internal (SendSlots Slots, SendAttempts Attempts) Open(SendingOptions options)
    {
        var provider = new NoProvider();
        var slots = new SendSlots(Database, provider, Options.Create(options), TimeProvider.System);
        return (
            slots,
            new(Database, slots, new Outbox(TimeProvider.System), provider, Options.Create(options), TimeProvider.System,
                NullLogger<SendAttempts>.Instance));
    }

    /// <summary>The types of what has been said of an attempt, in order.</summary>
    public async Task<string[]> SaidAsync(Guid messageId, int attempt)
    {
        await using var command = Database.Command("""
            select coalesce(array_agg(split_part(type, '.', 2) order by id), '{}') from outbox
            where body ->> 'MessageId' = $1 and body ->> 'Attempt' = $2
            """, messageId.ToString(), attempt.ToString(null as IFormatProvider));
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    /// <summary>These tests take turns and call nobody.</summary>
    private sealed class NoProvider : IMessageProvider
    {
        public string Name => "twilio";

        public Task<SendResult> SendAsync(
            SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody is to be called.");

        public IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
            MessageFilter filter, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody is to be called.");

        public Task<string?> CheckWebhookAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody is to be called.");

        public Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody is to be called.");
    }
}
