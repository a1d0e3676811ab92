namespace Model.Tests;

/// <summary>The system's clock, put forward whenever a history says that time passes.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public override long GetTimestamp() =>
        System.GetTimestamp() + (long)(_ahead.TotalSeconds * System.TimestampFrequency);

    public void Pass(TimeSpan time) => _ahead += time;
}
