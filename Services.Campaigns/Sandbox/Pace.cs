namespace Services.Campaigns;

/// <summary>What follows from a sender's limit.</summary>
/// <param name="MinInterval">Strict mode: the least time between two sends.</param>
/// <param name="RatePerSecond">Fast mode: messages per second; set, it replaces the interval.</param>
internal readonly record struct Pace(TimeSpan MinInterval, double? RatePerSecond)
{
    public double PerSecond => RatePerSecond ?? 1 / Math.Max(MinInterval.TotalSeconds, 0.001);

    /// <summary>
    /// How many orders may be out. One in strict mode, so that after a pause at most one message leaves; in fast mode
    /// what leaves in a second, which covers the way there and back.
    /// </summary>
    public int Window => RatePerSecond is { } rate ? Math.Max(1, (int)Math.Ceiling(rate)) : 1;

    /// <summary>
    /// After this an order is void: longer than the wait for the slot, in strict mode with the longest call (5 s) ahead of
    /// it.
    /// </summary>
    public TimeSpan OrderLifetime => RatePerSecond is { } rate
        ? TimeSpan.FromSeconds(Math.Max(5, 2 + (1.05 / rate)))
        : MinInterval + TimeSpan.FromSeconds(9);
}
