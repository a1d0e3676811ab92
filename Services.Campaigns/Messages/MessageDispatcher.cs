using System.Diagnostics;
using Contracts;
using MassTransit;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Publishes orders for what is due, no more than the rate allows next. The rows say what is due, so a crash loses
/// nothing; a crash between commit and publish, or a broker that is away, delays an order, and Messaging's ledger makes
/// a repeated one harmless.
/// </summary>
internal sealed partial class MessageDispatcher(
    Feed feed, CampaignProgress progress, IBus bus, TimeProvider clock, ILogger<MessageDispatcher> logger)
    : BackgroundService
{
    private static readonly ActivitySource Activities = new("Campaigns.Dispatch");
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Signal _signal = new(clock);
    private readonly Outage _outage = new();
    private List<Order> _unpublished = [];

    /// <summary>There may be something due, or room for it.</summary>
    public void Wake() => _signal.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var progressed = long.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (progressed == long.MinValue || clock.GetElapsedTime(progressed) >= Look)
                {
                    await progress.AdvanceAsync(stoppingToken);
                    progressed = clock.GetTimestamp();
                }

                await PublishAsync(_unpublished, stoppingToken);
                await PublishAsync(await feed.NextAsync(stoppingToken), stoppingToken);
                if (_outage.Ends())
                {
                    LogWell();
                }

                await _signal.WaitAsync(Look, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }

                await Task.Delay(Look, clock, stoppingToken);
            }
        }
    }

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    private async Task PublishAsync(List<Order> orders, CancellationToken cancellationToken)
    {
        var publishing = orders.ConvertAll(order => PublishAsync(order, cancellationToken));
        try
        {
            await Task.WhenAll(publishing);
        }
        finally
        {
            _unpublished = orders.Where((_, index) => !publishing[index].IsCompletedSuccessfully).ToList();
        }
    }

    private async Task PublishAsync(Order order, CancellationToken cancellationToken)
    {
        _ = ActivityContext.TryParse(order.TraceParent, null, isRemote: true, out var parent);
        using var activity = Activities.StartActivity("dispatch message", ActivityKind.Internal, parent);
        await bus.PublishDurablyAsync(order.Command, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Messages cannot be dispatched, trying on: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Messages are dispatched again")]
    private partial void LogWell();
}

/// <summary>A command to publish, and the trace it continues.</summary>
internal sealed record Order(SendMessage Command, string? TraceParent);
