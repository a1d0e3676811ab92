namespace AppHost;

internal enum ProcessState
{
    Waiting,
    Starting,
    Healthy,
    Unhealthy,
    Restarting,
    Finished,
    Stopping,
    Stopped,
}

/// <summary>
/// Keeps one process running: starts it once what it waits for is healthy, asks for its health, and starts it again,
/// after a pause that grows, whenever it ends. What may finish is done when it ends with exit code 0.
/// </summary>
internal sealed class Supervised(
    string name, Workload workload, IReadOnlyList<Supervised> dependencies, bool mayFinish,
    Guard guard, TimeProvider clock, Action<string> log) : IDisposable
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Backoff backoff = new();
    private Task running = Task.CompletedTask;
    private ChildProcess? child;

    public string Name => name;

    public Workload Workload => workload;

    public IReadOnlyList<Supervised> Dependencies => dependencies;

    public ProcessState State { get; private set; }

    public int Restarts { get; private set; }

    public int? ProcessId => child is { Ended.IsCompleted: false } ? child.Id : null;

    /// <summary>Completes when the process is healthy for the first time.</summary>
    public Task Healthy => healthy.Task;

    public void Start() => running = RunAsync();

    public async Task StopAsync(TimeSpan grace)
    {
        await stopping.CancelAsync();
        if (State is not ProcessState.Finished)
        {
            State = ProcessState.Stopping;
        }

        await running;
        if (child is not null)
        {
            await child.StopAsync(grace);
        }

        if (State is not ProcessState.Finished)
        {
            State = ProcessState.Stopped;
        }
    }

    public void Dispose() => stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(dependencies.Select(dependency => dependency.Healthy)).WaitAsync(stopping.Token);
            while (true)
            {
                var healthyFor = await RunOnceAsync();
                if (State == ProcessState.Finished)
                {
                    return;
                }

                stopping.Token.ThrowIfCancellationRequested();
                var pause = backoff.Next(healthyFor);
                State = ProcessState.Restarting;
                Restarts++;
                log($"starts again in {pause.TotalSeconds:0.#} s");
                await Task.Delay(pause, clock, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>From start to end; returns how long it was healthy.</summary>
    private async Task<TimeSpan> RunOnceAsync()
    {
        State = ProcessState.Starting;
        var started = clock.GetTimestamp();
        try
        {
            await workload.PrepareAsync(stopping.Token);
            stopping.Token.ThrowIfCancellationRequested();
            child = ChildProcess.Start(workload.Command, guard, log);
            var healthySince = await WatchAsync(child, started);
            var code = await child.Ended;
            if (!stopping.IsCancellationRequested)
            {
                log(code == 0 ? "has ended" : $"has ended with exit code {code}");
            }

            if (mayFinish && code == 0)
            {
                State = ProcessState.Finished;
            }

            return healthySince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            log($"cannot be started: {exception.Message}");
            return TimeSpan.Zero;
        }
    }

    /// <summary>Asks for its health until it ends; returns the timestamp since which it was healthy at last.</summary>
    private async Task<long?> WatchAsync(ChildProcess process, long started)
    {
        long? since = null;
        while (!process.Ended.IsCompleted)
        {
            var well = await workload.IsHealthyAsync(stopping.Token);
            if (well && since is null)
            {
                since = clock.GetTimestamp();
                log($"is healthy after {clock.GetElapsedTime(started).TotalSeconds:0.0} s");
                healthy.TrySetResult();
            }
            else if (!well && since is not null && !process.Ended.IsCompleted)
            {
                since = null;
                log("is not healthy");
            }

            State = well ? ProcessState.Healthy : State == ProcessState.Starting ? State : ProcessState.Unhealthy;
            var pause = Task.Delay(well ? WhileHealthy : WhileStarting, clock, stopping.Token);
            await Task.WhenAny(process.Ended, pause);
            stopping.Token.ThrowIfCancellationRequested();
        }

        return since;
    }
}
