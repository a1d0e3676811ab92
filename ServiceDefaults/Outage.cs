namespace ServiceDefaults;

/// <summary>
/// Tells when something begins to fail and when it is over, for those who try again and again: the log gets a line for
/// each of the two, not one for each try.
/// </summary>
public sealed class Outage
{
    private int _lasts;

    public bool Lasts => Volatile.Read(ref _lasts) == 1;

    /// <summary>True if it was well until now.</summary>
    public bool Begins() => Interlocked.Exchange(ref _lasts, 1) == 0;

    /// <summary>True if it failed until now.</summary>
    public bool Ends() => Interlocked.Exchange(ref _lasts, 0) == 1;
}
