using System.ComponentModel.DataAnnotations;

namespace Services.Campaigns;

/// <summary>The sender's limit (section <c>Sending</c>): Messaging keeps it, Campaigns plans and shows by it.</summary>
internal sealed record SendingOptions
{
    /// <summary>Strict mode: the least time between two sends.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Sending:MinInterval is a time span from 00:00:00 to 01:00:00, such as 00:00:03.")]
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Fast mode: messages per second; set, it replaces <see cref="MinInterval"/>.</summary>
    [Range(0.01, 1000,
        ErrorMessage = "Sending:RatePerSecond is a number from 0.01 to 1000; leave it empty for strict mode.")]
    public double? RatePerSecond { get; set; }

    public double PerSecond => RatePerSecond ?? 1 / Math.Max(MinInterval.TotalSeconds, 0.001);

    /// <summary>
    /// How many orders may be out. One in strict mode, so that after a pause at most one message leaves; in fast mode
    /// what leaves in a second, which covers the way there and back.
    /// </summary>
    public int Window => RatePerSecond is { } rate ? Math.Max(1, (int)Math.Ceiling(rate)) : 1;

    /// <summary>
    /// After this an order is void: longer than the wait for the slot, with the longest call (5 s) ahead of it.
    /// </summary>
    public TimeSpan OrderLifetime =>
        RatePerSecond is null ? MinInterval + TimeSpan.FromSeconds(9) : TimeSpan.FromSeconds(5);
}
