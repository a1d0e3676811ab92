namespace ServiceDefaults;

/// <summary>
/// Wakes the one loop of this process that waits for work. It is only about speed: the loop also looks by itself.
/// </summary>
public sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);

    /// <summary>Wakes the loop, or makes its next wait return at once.</summary>
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
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _semaphore.WaitAsync(limit, cancellationToken);

    public void Dispose() => _semaphore.Dispose();
}
