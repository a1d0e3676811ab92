using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// What becomes of a message whose consumer failed. Nobody's fault (a store is away, the message came too early, the
/// service stops): it is tried again for some seconds and then given back to its queue, for ever. A bug or a bad message:
/// a few quick tries, and the error queue, so that the others go on.
/// </summary>
internal sealed partial class Faults(IHostApplicationLifetime lifetime, ILogger<Faults> logger)
    : IFilter<ConsumeContext>, IFilter<ExceptionReceiveContext>
{
    private readonly Outage _outage = new();

    public static void Configure(IReceiveEndpointConfigurator endpoint, IServiceProvider services)
    {
        var faults = services.GetRequiredService<Faults>();
        endpoint.UseFilter(faults);
        if (services.GetService<NpgsqlDataSource>() is not null)
        {
            endpoint.UseFilter(services.GetRequiredService<Suspects>());
        }

        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(exception => IsPassing(exception) || exception is DeadlyMessageException);
            retry.Intervals(50, 250, 1000);
        });
        // About 10 s. With the broker's 30 minutes for an answer that allows for some hundred prefetched messages, each
        // in its turn, even if each try takes until a time-out.
        // https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsPassing);
            retry.Intervals(100, 200, 500, 1000, 2000, 3000, 3000);
        });
        endpoint.PublishFaults = false; // nobody subscribes, and a fault carries the message
        endpoint.ConfigureError(pipe =>
        {
            pipe.UseFilter(faults);
            pipe.UseFilter(new ErrorTransportFilter());
        });
    }

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        await next.Send(context);
        if (_outage.Ends())
        {
            LogWell();
        }
    }

    /// <summary>What is thrown from here reaches the transport, which gives the delivery back.</summary>
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var exception = context.Exception;
        if (IsPassing(exception) || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested && _outage.Begins())
            {
                LogGivenBack(exception.GetBaseException().Message);
            }

            ExceptionDispatchInfo.Throw(exception);
        }

        LogMoved(context.GetMessageId(), context.InputAddress.AbsolutePath, exception);
        if (!context.IsFaulted)
        {
            await context.NotifyFaulted(exception); // else it would count as not taken too, and lie in both queues
        }

        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("faults");

    private static bool IsPassing(Exception exception) =>
        Database.IsTransient(exception) || exception is ConnectionException or TooEarlyException;

    [LoggerMessage(LogLevel.Warning, "A message cannot be handled now and is given back to its queue, as are those "
        + "that follow until it is over: {Reason}")]
    private partial void LogGivenBack(string reason);

    [LoggerMessage(LogLevel.Information, "Messages are handled again")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Error, "Message {MessageId} of {Queue} cannot be handled: moved to the error queue")]
    private partial void LogMoved(Guid? messageId, string queue, Exception exception);
}
