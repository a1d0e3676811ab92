using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Frontend;

/// <summary>
/// Asks for a page as soon as there are any: what is compiled and connected at its first use is there before somebody
/// waits for it.
/// </summary>
internal sealed partial class FirstVisit(
    IServer server, IHostApplicationLifetime lifetime, IHttpClientFactory clients, ILogger<FirstVisit> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using var http = clients.CreateClient();
        http.BaseAddress = new(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        try
        {
            // Without a session: the frame, which asks the gateway who is there, and then the sign-in.
            using var _ = await http.GetAsync("/", stoppingToken);
        }
        catch (HttpRequestException exception)
        {
            LogMissed(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The first visitor will have to wait: {Problem}")]
    private partial void LogMissed(string problem);
}
