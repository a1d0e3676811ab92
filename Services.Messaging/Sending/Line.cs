namespace Services.Messaging;

/// <summary>The orders of one sender in this process, the urgent ones in front.</summary>
internal sealed class Line(int lanes) : IDisposable
{
    private readonly SemaphoreSlim _lanes = new(lanes);

    private int _urgent;

    public async Task EnterAsync(bool urgent, CancellationToken cancellationToken)
    {
        _ = urgent ? Interlocked.Increment(ref _urgent) : 0;
        try
        {
            await _lanes.WaitAsync(cancellationToken);
            while (!urgent && Volatile.Read(ref _urgent) > 0)
            {
                // To the end of the line; sooner or later an urgent one's turn comes.
                _lanes.Release();
                await _lanes.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _ = urgent ? Interlocked.Decrement(ref _urgent) : 0;
        }
    }

    public void Leave() => _lanes.Release();

    public void Dispose() => _lanes.Dispose();
}
