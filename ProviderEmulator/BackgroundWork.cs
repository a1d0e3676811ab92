namespace ProviderEmulator;

/// <summary>Work that outlives the request that caused it, and ends with the process.</summary>
internal sealed partial class BackgroundWork(IHostApplicationLifetime lifetime, ILogger<BackgroundWork> logger)
{
    public void Run(Func<CancellationToken, Task> work) => _ = RunAsync(work, lifetime.ApplicationStopping);

    private async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // Nobody awaits this work, so nobody else could tell.
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Background work failed")]
    private partial void LogFailed(Exception exception);
}
