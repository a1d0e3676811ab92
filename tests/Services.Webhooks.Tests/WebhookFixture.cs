using Contracts;
using Testing;

namespace Services.Webhooks.Tests;

/// <summary>The service, and services that listen to its events.</summary>
public sealed class WebhookFixture(BrokerFixture broker, DatabaseFixture databases) : IAsyncLifetime
{
    internal WebhookHost Host { get; private set; } = null!;

    internal Listener<StatusChanged> Statuses { get; private set; } = null!;

    internal Listener<MessageReceived> Messages { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Statuses = await Listener<StatusChanged>.StartAsync(broker.Address);
        Messages = await Listener<MessageReceived>.StartAsync(broker.Address);
        Host = WebhookHost.Start(broker.Address, await databases.CreateDatabaseAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Statuses.DisposeAsync();
        await Messages.DisposeAsync();
    }
}
