using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ServiceDefaults;

/// <summary>
/// Knocks until the broker's port is open, before each attempt to connect. MassTransit pauses ever longer between its
/// attempts, up to 30 s, which cannot be set: with us in front no attempt fails while the broker is merely away, and we
/// are back within a second of its return. Meanwhile the service is not ready.
/// </summary>
internal sealed partial class BrokerDoor(
    TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<BrokerDoor> logger) : IHealthCheck
{
    private static readonly TimeSpan KnockLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Outage _outage = new();
    private volatile bool _closed;

    /// <summary>Returns when the port is open, or the service stops.</summary>
    public async Task OpensAsync(ConnectionFactory broker)
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (await IsOpenAsync(broker))
            {
                _closed = false;
                if (_outage.Ends())
                {
                    LogBack();
                }

                return;
            }

            _closed = true;
            if (_outage.Begins())
            {
                LogAway();
            }

            await Task.WhenAny(Task.Delay(Pause, clock, lifetime.ApplicationStopping));
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(_closed
            ? HealthCheckResult.Unhealthy("The broker does not answer.")
            : HealthCheckResult.Healthy());

    private async Task<bool> IsOpenAsync(ConnectionFactory broker)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(KnockLimit);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(broker.HostName, broker.Port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The broker does not answer, trying on")]
    private partial void LogAway();

    [LoggerMessage(LogLevel.Information, "The broker answers again")]
    private partial void LogBack();
}
