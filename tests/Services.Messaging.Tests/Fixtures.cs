using Npgsql;
using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]
[assembly: AssemblyFixture(typeof(BrokerFixture))]

namespace Services.Messaging.Tests;

/// <summary>Tests with the broker run one after the other: all hosts share the service's queues.</summary>
[CollectionDefinition(nameof(Broker))]
public sealed class Broker : ICollectionFixture<Messaging>;

/// <summary>A provider, a listener and one running service; further ones start on the same database.</summary>
public sealed class Messaging(DatabaseFixture databases, BrokerFixture broker) : IAsyncLifetime
{
    private string _connectionString = "";
    private NpgsqlDataSource? _database;
    private MessagingHost? _host;

    public FakeTwilio Twilio { get; } = new();

    public EventLog Events { get; } = new();

    public NpgsqlDataSource Database => _database!;

    /// <summary>Asks the running service, as Campaigns does.</summary>
    public HttpClient Client => _host!.CreateClient();

    public async ValueTask InitializeAsync()
    {
        _connectionString = await databases.CreateDatabaseAsync();
        _database = NpgsqlDataSource.Create(_connectionString);
        await Twilio.StartAsync();
        await Events.StartAsync(broker.Address);
        _host = await StartHostAsync();
    }

    internal Task<MessagingHost> StartHostAsync(params (string Key, string? Value)[] settings) =>
        MessagingHost.StartAsync(_connectionString, broker.Address, Twilio.Address, settings);

    /// <summary>Puts other hosts into the place of the running one for as long as a test needs them.</summary>
    internal async Task InsteadAsync(Func<Task> test)
    {
        await _host!.DisposeAsync();
        try
        {
            await test();
        }
        finally
        {
            _host = await StartHostAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _database!.DisposeAsync();
        await Events.DisposeAsync();
        await Twilio.DisposeAsync();
    }
}
