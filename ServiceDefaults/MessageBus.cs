using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults;

/// <summary>The one way to join the broker.</summary>
public static class MessageBus
{
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
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(service, includeNamespace: false));
            bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
            {
                (endpoint as IRabbitMqReceiveEndpointConfigurator)?.SetQuorumQueue();
                endpoint.UseMessageRetry(Faults);
                endpoint.UseMessageRetry(Outages);
            });
            consumers?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(address));
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

    // A bug or a bad message: a few quick tries, then the error queue, so that the others go on.
    private static void Faults(IRetryConfigurator retry)
    {
        retry.Ignore<Exception>(Database.IsTransient);
        retry.Intervals(50, 250, 1000);
    }

    // A store that is away is nobody's fault: hold the message, well within the broker's 30 minutes for an answer.
    private static void Outages(IRetryConfigurator retry)
    {
        retry.Handle<Exception>(Database.IsTransient);
        retry.Incremental(600, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(5));
    }
}
