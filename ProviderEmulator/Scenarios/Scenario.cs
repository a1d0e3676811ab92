using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>How phones behave that nobody has set up; joined: as if they had joined just now.</summary>
internal sealed record Strangers(Behaviour Behaviour = Behaviour.Reads, bool Joined = false);

/// <summary>What the control API puts; what is left out is as at the start.</summary>
internal sealed record ScenarioPlan
{
    /// <summary>
    /// False: a production sender, without membership and without the three seconds; the 24 hours remain.
    /// </summary>
    public bool? Sandbox { get; init; }

    /// <summary>Makes the drawn faults repeatable.</summary>
    public int? Seed { get; init; }

    public IReadOnlyList<Fault>? Next { get; init; }

    public IReadOnlyList<Fault>? Always { get; init; }

    public Strangers? Strangers { get; init; }
}

/// <summary>
/// The rules of the game now. One message takes one fault: its phone's before everybody's, scripted before drawn.
/// </summary>
internal sealed class Scenario(IOptions<EmulatorOptions> options)
{
    private volatile Current _current =
        new(IsSandboxAt(options.Value, null), new Strangers(), new FaultScript([], [], Random.Shared));

    public bool IsSandbox => _current.Sandbox;

    public Strangers Strangers => _current.Strangers;

    public FaultScript Faults => _current.Faults;

    public void Play(ScenarioPlan plan) => _current = new Current(
        IsSandboxAt(options.Value, plan.Sandbox),
        plan.Strangers ?? new Strangers(),
        new FaultScript(
            plan.Next ?? [], plan.Always ?? [], plan.Seed is { } seed ? new Random(seed) : Random.Shared));

    public Fault? NextFault(FaultScript? ofPhone)
    {
        var everybodys = Faults;
        return ofPhone?.TakeScripted() ?? everybodys.TakeScripted() ?? ofPhone?.Draw() ?? everybodys.Draw();
    }

    // Nobody else has one.
    private static bool IsSandboxAt(EmulatorOptions options, bool? wanted) =>
        options.Provider is Provider.Twilio && (wanted ?? options.Sandbox);

    private sealed record Current(bool Sandbox, Strangers Strangers, FaultScript Faults);
}
