namespace Faults.Tests;

/// <summary>What goes wrong while a campaign is being sent, and what may come of it.</summary>
/// <param name="Name">The line in the table.</param>
/// <param name="Messages">Recipients of the campaign.</param>
/// <param name="Act">Begins when the first messages have arrived at the provider.</param>
internal sealed record Scenario(string Name, int Messages, Func<Performance, Task> Act)
{
    /// <summary>From the end of the fault to the next arrival at the provider.</summary>
    public TimeSpan RecoversWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest time in which nothing changes before all is settled.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>So many are refused by the provider for good.</summary>
    public int Refused { get; init; }

    /// <summary>What has not been sent is cancelled.</summary>
    public bool Cancels { get; init; }

    /// <summary>So many replied and were answered.</summary>
    public int Message2 { get; init; }

    /// <summary>Nothing goes wrong, so the pace itself is judged.</summary>
    public bool JudgesPace { get; init; }

    public override string ToString() => Name;
}
