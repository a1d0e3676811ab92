namespace ServiceDefaults;

/// <summary>
/// Wakes the one loop of this process that waits for work: at once after a rest, but not again before
/// <see cref="Gather"/> has passed, so that under load a round does what came meanwhile together. It is only about
/// speed: the loop also looks by itself.
/// </summary>
public sealed class Signal(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40);

    private readonly SemaphoreSlim _semaphore = new(0, 1);
    private long _woken;

    /// <summary>Wakes the loop, or makes its next wait return soon.</summary>
    public void Set()
    {
        lock (_semaphore)
        {
            if (_semaphore.CurrentCount == 0)
            {
                _semaphore.Release();
            }
        }
    }

    /// <summary>Returns when the signal is set, or after <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await _semaphore.WaitAsync(limit, cancellationToken);
        if (Gather - clock.GetElapsedTime(_woken) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, clock, cancellationToken);
        }

        _woken = clock.GetTimestamp();
    }

    public void Dispose() => _semaphore.Dispose();
}
