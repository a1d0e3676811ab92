using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults;

/// <summary>
/// Does once, as soon as the service runs, what its first visitor would do: so that what is built, compiled and connected
/// at its first use is there before somebody waits for it.
/// </summary>
public static class WarmUp
{
    /// <param name="builder">The service.</param>
    /// <param name="visit">What the first visitor would do, with the services of a request.</param>
    public static void AddWarmUp(
        this IHostApplicationBuilder builder, Func<IServiceProvider, CancellationToken, Task> visit) =>
        builder.Services.AddHostedService(services => new FirstVisit(
            services, visit, services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<ILogger<FirstVisit>>()));
}

internal sealed partial class FirstVisit(
    IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> visit, IHostApplicationLifetime lifetime,
    ILogger<FirstVisit> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            await using var scope = services.CreateAsyncScope();
            await visit(scope.ServiceProvider, stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogMissed(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Somebody else will be first: {Problem}")]
    private partial void LogMissed(string problem);
}
