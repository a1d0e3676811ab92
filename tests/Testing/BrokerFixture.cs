using Xunit;

namespace Testing;

/// <summary>
/// A real RabbitMQ: that of <c>TEST_AMQP_URL</c>, or else a private one, which is gone at the end. Tests of a process
/// share it: use fresh ids, so that leftovers of other tests do not matter.
/// </summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private PrivateServer? server;
    private Uri? address;

    public Uri Address => address ?? throw new InvalidOperationException("The broker has not been started yet.");

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_AMQP_URL") is { Length: > 0 } given)
        {
            address = new(given);
            return;
        }

        server = await PrivateServer.StartRabbitMqAsync();
        address = new(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
