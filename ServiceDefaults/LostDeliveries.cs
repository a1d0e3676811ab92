using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace ServiceDefaults;

/// <summary>
/// Keeps MassTransit from closing a channel in the middle of a delivery of it, which waits for that very delivery and so
/// for ever. The client, which tells its channels one after the other that the connection is lost, then never gets to
/// the others: they are used on although dead, and the service neither sends nor receives until it is restarted.
/// </summary>
/// <remarks>
/// RabbitMqBasicConsumer of MassTransit 8.4.0 does so if the delivery ends with one of these exceptions, as it does if
/// the connection is lost before it is acknowledged. With any other exception it merely goes on: whatever was not
/// acknowledged on a lost connection is delivered again by the broker. Gone with 8.5:
/// https://github.com/MassTransit/MassTransit/issues/6001
/// </remarks>
internal sealed class LostDeliveries : IReceiveObserver
{
    public Task ReceiveFault(ReceiveContext context, Exception exception) =>
        exception is OperationInterruptedException or EndOfStreamException
            ? throw new TransportUnavailableException("The connection was lost before the end of the delivery.", exception)
            : Task.CompletedTask;

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;
}
