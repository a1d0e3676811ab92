namespace AppHost;

/// <summary>A program that we run: what it needs, how it is started, how it is asked whether it is well.</summary>
internal abstract class Workload
{
    public abstract Command Command { get; }

    /// <summary>Where it listens, for people; null if nowhere.</summary>
    public virtual string? Endpoint => null;

    /// <summary>Makes ready what the program needs; called before every start.</summary>
    public virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public abstract Task<bool> IsHealthyAsync(CancellationToken cancellationToken);

    /// <summary>Prepares, starts and waits until it is well; for what is not supervised.</summary>
    public async Task<ChildProcess> StartAsync(Guard guard, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        await PrepareAsync(deadline.Token);
        var lines = new List<string>();
        var child = ChildProcess.Start(Command, guard, line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        try
        {
            while (!await IsHealthyAsync(deadline.Token))
            {
                if (child.Ended.IsCompleted)
                {
                    throw new InvalidOperationException($"{Command.FileName} ended: {string.Join('\n', lines)}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
            }

            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }
}
