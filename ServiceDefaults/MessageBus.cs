using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults;

/// <summary>The one way to join the broker.</summary>
public static class MessageBus
{
    // An answer of the broker that does not come must end with its connection, which heartbeats notice after 20 s at the
    // latest, and never by a time-out: MassTransit 8.4.0 takes a cancelled declaration for its own stop and then never
    // consumes from that queue again (ReceiveTransport.Run; github.com/MassTransit/MassTransit/issues/5942).
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for the broker's confirm before a publish counts as failed.</summary>
    public static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Joins RabbitMQ at <c>ConnectionStrings:rabbitmq</c>. Queues are durable quorum queues named
    /// <c><paramref name="service"/>-…</c>, so that two services that consume the same event each get it.
    /// </summary>
    public static WebApplicationBuilder AddMessageBus(
        this WebApplicationBuilder builder, string service, Action<IBusRegistrationConfigurator>? consumers = null)
    {
        var address = builder.Configuration.GetConnectionString("rabbitmq")
            ?? throw new InvalidOperationException("ConnectionStrings__rabbitmq is not set: the broker's address.");
        builder.Services.AddSingleton<BrokerDoor>().AddSingleton<Faults>().AddSingleton<Suspects>();
        builder.Services.AddSingleton(new ErrorQueues(new(address)));
        builder.Services.AddHealthChecks().AddCheck<BrokerDoor>("broker");
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<BusWatch>(services, new Uri(address), (Action)BusWatch.Leave));
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddReceiveObserver<LostDeliveries>();
            bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(service, includeNamespace: false));
            bus.AddConfigureEndpointsCallback((services, queue, endpoint) =>
            {
                // No delivery limit: it counts deliveries that nobody looked at too, and drops them (see Suspects).
                (endpoint as IRabbitMqReceiveEndpointConfigurator)?.SetQuorumQueue();
                Faults.Configure(endpoint, services);
                services.GetRequiredService<ErrorQueues>().Add(queue);
            });
            consumers?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(address), host =>
                {
                    host.OnRefreshConnectionFactory = context.GetRequiredService<BrokerDoor>().OpensAsync;
                    host.Heartbeat(Heartbeat);
                    host.ContinuationTimeout(AnswerLimit);
                });
                rabbit.ConfigureJsonSerializerOptions(json =>
                {
                    json.WriteIndented = false; // MassTransit's default is meant for people
                    return json;
                });
                rabbit.ConfigureEndpoints(context);
            });
        });
        return builder;
    }

    /// <summary>
    /// Publishes and returns once the broker has stored the message in at least one queue; throws after
    /// <see cref="PublishLimit"/> or if no queue is bound. After a time-out the message may still arrive.
    /// </summary>
    /// <remarks>
    /// MassTransit alone would wait for a broker without end, and a confirmed message that no queue is bound to
    /// would be gone. https://www.rabbitmq.com/docs/publishers#unroutable
    /// </remarks>
    public static async Task PublishDurablyAsync(
        this IBus bus, object message, Type contract, Guid? messageId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PublishLimit);
        await bus.Publish(message, contract, Pipe.Execute<PublishContext>(publish =>
        {
            publish.MessageId = messageId ?? publish.MessageId;
            publish.Mandatory = true;
        }), limit.Token).WaitAsync(PublishLimit, cancellationToken);
    }

    /// <inheritdoc cref="PublishDurablyAsync(IBus, object, Type, Guid?, CancellationToken)"/>
    public static Task PublishDurablyAsync<T>(
        this IBus bus, T message, CancellationToken cancellationToken, Guid? messageId = null)
        where T : class =>
        bus.PublishDurablyAsync(message, typeof(T), messageId, cancellationToken);
}
