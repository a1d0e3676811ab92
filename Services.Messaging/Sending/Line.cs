namespace Services.Messaging;

/// <summary>
/// The orders of one sender in this process, the urgent ones in front, and what they have seen of its pace.
/// </summary>
internal sealed class Line(int lanes) : IDisposable
{
    /// <summary>By how much of itself <see cref="_usual"/> moves: a burst that is held up must not become usual.</summary>
    private const double Step = 0.0002;

    /// <summary>Of the first calls of a process, which take long, the shortest counts.</summary>
    private const int FirstCalls = 100;

    private readonly SemaphoreSlim _lanes = new(lanes);

    private readonly Lock _lock = new();

    private int _urgent;
    private long _opensAt;
    private double _usual = double.MaxValue;
    private int _calls;

    /// <summary>Nobody needs to ask for a slot so long: what the last one who got one knows.</summary>
    public TimeSpan Rest(TimeProvider clock) => -clock.GetElapsedTime(Volatile.Read(ref _opensAt));

    public void OpensIn(TimeSpan time, TimeProvider clock) => Volatile.Write(
        ref _opensAt, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));

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

    /// <summary>
    /// By how much a call took longer than usual, which is what nine of ten take at most. Part of it may have passed
    /// before the provider saw the call.
    /// </summary>
    public TimeSpan Excess(TimeSpan took)
    {
        lock (_lock)
        {
            var milliseconds = took.TotalMilliseconds;
            if (_calls < FirstCalls)
            {
                (_calls, _usual) = (_calls + 1, Math.Min(_usual, milliseconds));
            }

            var excess = milliseconds - _usual;
            _usual *= excess > 0 ? 1 + (9 * Step) : 1 - Step;
            return TimeSpan.FromMilliseconds(Math.Max(0, excess));
        }
    }

    public void Dispose() => _lanes.Dispose();
}
