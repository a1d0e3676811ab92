using System.Globalization;

namespace Faults.Tests;

/// <summary>A way to run the system; scenarios with the same one share a run.</summary>
/// <param name="MinInterval">Strict mode.</param>
/// <param name="RatePerSecond">Fast mode.</param>
internal sealed record Layout(
    string Name, TimeSpan MinInterval, int? RatePerSecond, TimeSpan Latency, int Replicas = 1)
{
    public static readonly Layout Strict =
        new("strict", TimeSpan.FromMilliseconds(100), null, TimeSpan.FromMilliseconds(20));

    /// <summary>The Sandbox as it is.</summary>
    public static readonly Layout Sandbox =
        new("sandbox", TimeSpan.FromSeconds(3), null, TimeSpan.FromMilliseconds(150));

    /// <summary>A production sender as it is.</summary>
    public static readonly Layout Fast =
        new("fast", TimeSpan.Zero, 80, TimeSpan.FromMilliseconds(150));

    public static readonly Layout Strict2 = Strict with { Name = "strict, 2+2", Replicas = 2 };

    public static readonly Layout Fast2 = Fast with { Name = "fast, 2+2", Replicas = 2 };

    public static readonly Layout Fast4 = Fast with { Name = "fast, 4+4", Replicas = 4 };

    /// <summary>With a clock that tests can move: that of all processes but the provider's.</summary>
    public static readonly Layout StrictClock = Strict with { Name = "strict, false clock", HasFalseClock = true };

    public static readonly Layout FastClock = Fast with { Name = "fast, false clock", HasFalseClock = true };

    public bool HasFalseClock { get; init; }

    public bool IsStrict => RatePerSecond is null;

    /// <summary>
    /// What only costs time is shortened. The longest call is 3 s instead of 5 s, and with it the time for which the
    /// slot of a process that died in its call is held (strict mode).
    /// </summary>
    public Dictionary<string, string> Settings(string failPoints) => new()
    {
        ["MESSAGING_MIN_INTERVAL"] = MinInterval.ToString("c"),
        ["MESSAGING_RATE_PER_SECOND"] = RatePerSecond?.ToString(CultureInfo.InvariantCulture) ?? "",
        ["MESSAGING_RETRY_BASE_DELAY"] = "00:00:01",
        ["MESSAGING_REPLICAS"] = Replicas.ToString(CultureInfo.InvariantCulture),
        ["CAMPAIGNS_REPLICAS"] = Replicas.ToString(CultureInfo.InvariantCulture),
        ["MESSAGING_FAIL_POINTS"] = failPoints,
        ["Sending__CallLimit"] = "00:00:03",
        ["Sending__ReconcileAfter"] = "00:00:01",
        ["Sending__ReconcilePause"] = "00:00:00.200",
        ["Sending__AskAfter"] = "00:00:02",
        ["Books__Settling"] = "00:00:01",
    };

    public Dictionary<string, string> EmulatorSettings => new()
    {
        // It lets everything through and notes when it came: the ledger judges the gaps.
        ["Emulator__Sandbox"] = "false",
        ["Emulator__MinInterval"] = "00:00:00",
        ["Emulator__Latency"] = Latency.ToString("c"),
        ["Emulator__KeptArrivals"] = "1000000",
        ["Emulator__SentAfter"] = "00:00:00.100",
        ["Emulator__DeliveredAfter"] = "00:00:00.300",
        ["Emulator__ReadAfter"] = "00:00:00.600",
    };
}
