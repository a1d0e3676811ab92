using Contracts;
using MassTransit;

namespace Services.Messaging.Tests;

/// <summary>Campaigns' place at the broker: hears what Messaging says of each message, in order.</summary>
public sealed class EventLog : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Guid, List<object>> _events = [];
    private readonly List<(Guid MessageId, int Count, TaskCompletionSource Heard)> _waiting = [];
    private IBusControl? _bus;

    public async Task StartAsync(Uri broker)
    {
        _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(broker);
            rabbit.ReceiveEndpoint(endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.Handler<MessageAccepted>(context => Hear(context.Message.MessageId, context.Message));
                endpoint.Handler<MessageRejected>(context => Hear(context.Message.MessageId, context.Message));
                endpoint.Handler<MessageDeferred>(context => Hear(context.Message.MessageId, context.Message));
                endpoint.Handler<MessageReturned>(context => Hear(context.Message.MessageId, context.Message));
                endpoint.Handler<OutcomeUnknown>(context => Hear(context.Message.MessageId, context.Message));
                // What was asked for at the provider, under ids of their own: what is said of an attempt stays apart.
                endpoint.Handler<StatusChanged>(context => context.Message.Asked
                    ? Hear(context.MessageId!.Value, context.Message)
                    : Task.CompletedTask);
                endpoint.Handler<MessageReceived>(context => Hear(context.MessageId!.Value, context.Message));
                endpoint.Handler<WebhooksChecked>(context => Hear(Guid.Empty, context.Message));
            });
        });
        await _bus.StartAsync(new CancellationTokenSource(Limit).Token);
    }

    public Task PublishAsync<T>(T message)
        where T : class => _bus!.Publish(message);

    /// <summary>The first events on a message, once there are as many.</summary>
    public async Task<IReadOnlyList<object>> ForAsync(Guid messageId, int count = 1)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_events)
        {
            _waiting.Add((messageId, count, heard));
            Notify();
        }

        try
        {
            await heard.Task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{count} events expected, heard: [{string.Join(", ", For(messageId))}]");
        }

        return For(messageId);
    }

    /// <summary>The only event on a message so far.</summary>
    public async Task<T> OnlyAsync<T>(Guid messageId) =>
        Assert.IsType<T>(Assert.Single(await ForAsync(messageId)));

    /// <summary>What has been heard on a message by now.</summary>
    public IReadOnlyList<object> For(Guid messageId)
    {
        lock (_events)
        {
            return [.. _events.GetValueOrDefault(messageId, [])];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
        {
            await _bus.StopAsync(new CancellationTokenSource(Limit).Token);
        }
    }

    private Task Hear(Guid messageId, object message)
    {
        lock (_events)
        {
            _events.TryAdd(messageId, []);
            _events[messageId].Add(message);
            Notify();
        }

        return Task.CompletedTask;
    }

    private void Notify()
    {
        foreach (var (_, _, heard) in _waiting.Where(
            waiter => _events.GetValueOrDefault(waiter.MessageId, []).Count >= waiter.Count))
        {
            heard.TrySetResult();
        }

        _waiting.RemoveAll(waiter => waiter.Heard.Task.IsCompleted);
    }
}
