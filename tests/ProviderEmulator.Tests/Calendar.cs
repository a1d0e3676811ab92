namespace ProviderEmulator.Tests;

/// <summary>The calendar stands still until it is moved; timers run, so that callbacks come by themselves.</summary>
internal sealed class Calendar : TimeProvider
{
    public DateTimeOffset Now { get; private set; } = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public void Advance(TimeSpan time) => Now += time;
}
