using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ServiceDefaults;

/// <summary>
/// Knocks until the broker answers, before each attempt to connect. MassTransit pauses ever longer between its
/// attempts, up to 30 s, which cannot be set: with us in front no attempt fails while the broker is merely away, and we
/// are back within a second of its return. Meanwhile the service is not ready.
/// </summary>
internal sealed partial class BrokerDoor(
    TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<BrokerDoor> logger) : IHealthCheck
{
    // AMQP 0-9-1, 4.2.2: the header opens a connection, and the server speaks next. An open port alone says little: the
    // kernel accepts for a process that is frozen. https://www.rabbitmq.com/docs/protocol
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];
    private static readonly TimeSpan KnockLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Outage _outage = new();
    private volatile bool _closed;

    /// <summary>Returns when the broker answers, or the service stops.</summary>
    public async Task OpensAsync(ConnectionFactory broker)
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (await AnswersAsync(broker))
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

    private async Task<bool> AnswersAsync(ConnectionFactory broker)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(KnockLimit);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(broker.HostName, broker.Port, limit.Token);
            if (broker.Ssl.Enabled)
            {
                return true; // there it would take a handshake of its own
            }

            await socket.SendAsync(ProtocolHeader, limit.Token);
            return await socket.ReceiveAsync(new byte[1], limit.Token) == 1;
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
