using System.Collections.Concurrent;
using MassTransit;
using Testing;

namespace Services.Webhooks.Tests;

/// <summary>A service that listens to an event, with a queue of its own that goes when it goes.</summary>
internal sealed class Listener<T> : IAsyncDisposable
    where T : class
{
    private readonly ConcurrentQueue<(Guid? Id, T Event)> _heard = [];
    private readonly IBusControl _bus;

    private Listener(Uri broker) => _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
    {
        rabbit.Host(broker);
        rabbit.ReceiveEndpoint(new TemporaryEndpointDefinition(), endpoint => endpoint.Handler<T>(context =>
        {
            _heard.Enqueue((context.MessageId, context.Message));
            return Task.CompletedTask;
        }));
    });

    public static async Task<Listener<T>> StartAsync(Uri broker)
    {
        var listener = new Listener<T>(broker);
        await listener._bus.StartAsync(TimeSpan.FromSeconds(30));
        return listener;
    }

    public async Task<(Guid? Id, T Event)> HearsAsync(Func<T, bool> expected, TimeSpan? within = null)
    {
        await Eventually.BecomesTrueAsync(() => _heard.Any(one => expected(one.Event)), within);
        return _heard.First(one => expected(one.Event));
    }

    public int Count(Func<T, bool> expected) => _heard.Count(one => expected(one.Event));

    public async ValueTask DisposeAsync() => await _bus.StopAsync(TimeSpan.FromSeconds(10));
}
