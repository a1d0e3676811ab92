using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ServiceDefaults;

/// <summary>
/// The last resort against a bus that does not come back: if it has not worked for a while although the broker serves
/// others, the process ends, for whoever supervises it to start it again. It loses nothing by that: it could die at any
/// moment.
/// </summary>
/// <param name="broker">Asked over a connection of our own, whether it takes a message.</param>
/// <param name="leave">Ends the process.</param>
internal sealed partial class BusWatch(
    IBusControl bus, Uri broker, Action leave, TimeProvider clock, ILogger<BusWatch> logger) : BackgroundService
{
    /// <summary>Longer than a return to a busy broker takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    /// <summary>At once: an orderly stop would wait for the bus.</summary>
    public static void Leave() => Environment.Exit(70); // EX_SOFTWARE of sysexits.h

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var well = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var asked = clock.GetTimestamp();
            await Task.Delay(Pause, clock, stoppingToken);
            // If this process was frozen in between, nobody has had a chance.
            if (clock.GetElapsedTime(asked) > 2 * Pause || await WorksAsync(stoppingToken)
                || !await BrokerWorksAsync(stoppingToken))
            {
                well = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(well) > Patience)
            {
                LogStuck(bus.CheckHealth().Description, clock.GetElapsedTime(well).TotalSeconds);
                leave();
                return;
            }
        }
    }

    /// <summary>It consumes from all its queues, as far as it knows, and publishes.</summary>
    private async Task<bool> WorksAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
            {
                return false;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AnswerLimit);
            await bus.Publish(new Pulse(), limit.Token).WaitAsync(AnswerLimit, clock, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A broker that is short of memory lets everybody in, but takes nothing.</summary>
    private async Task<bool> BrokerWorksAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = broker,
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = AnswerLimit,
            };
            await using var connection = await factory.CreateConnectionAsync("watch", limit.Token);
            await using var channel = await connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), limit.Token);
            await channel.BasicPublishAsync("amq.fanout", "", ReadOnlyMemory<byte>.Empty, limit.Token);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Goes to an exchange that no queue is bound to.</summary>
    public sealed record Pulse;

    [LoggerMessage(LogLevel.Critical, "The broker works, but our bus has not for {Seconds:0} s ({Health}): this process "
        + "ends, to be started again")]
    private partial void LogStuck(string? health, double seconds);
}
