using FsCheck;
using FsCheck.Fluent;

namespace Model.Tests;

/// <summary>What may happen next. A step that has nothing to happen to changes nothing.</summary>
internal enum Step
{
    /// <summary>Campaigns decides what goes next and publishes the orders.</summary>
    Feed,

    /// <summary>Campaigns dies between deciding and publishing.</summary>
    FeedAndDie,

    /// <summary>The outbox's rows are published.</summary>
    Relay,

    /// <summary>The relay dies after publishing: the rows are published again later.</summary>
    RelayAndDie,

    Deliver,
    DeliverAndKeepACopy,

    // How the provider takes the next calls.
    Accepts,
    AnswersWithAnError,
    RefusesForGood,
    RefusesForNow,
    CannotBeReached,

    Answer,

    /// <summary>The answer is lost on its way to us.</summary>
    LoseAnswer,

    /// <summary>Messaging dies: no call under way will ever be recorded.</summary>
    KillMessaging,

    /// <summary>A message moves on at the provider, and the callback says so, with or without our id.</summary>
    MoveOn,
    MoveOnAnonymously,

    /// <summary>It fails at the provider after it was accepted.</summary>
    FailForGood,
    FailForNow,

    /// <summary>The person replies.</summary>
    Reply,

    PassSeconds,
    PassMinutes,
    PassHours,

    /// <summary>Messaging looks for what is open at the provider.</summary>
    Reconcile,
    ReconcileInVain,

    /// <summary>Somebody asks for another try of all that has failed.</summary>
    Retry,
}

internal readonly record struct Happening(Step Step, int Pick)
{
    public override string ToString() => $"{Step}({Pick})";
}

/// <summary>Any interleaving; what drives messages on is more likely than what goes wrong.</summary>
internal static class Histories
{
    /// <summary>How many histories a run of the tests takes.</summary>
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("MODEL_HISTORIES"), out var count) ? count : 40;

    private static readonly Step[] Likely = [Step.Feed, Step.Deliver, Step.Deliver, Step.Relay, Step.Answer, Step.MoveOn];

    public static Arbitrary<Happening[]> Any { get; } = Arb.From(
        Gen.Zip(Gen.OneOf(Gen.Elements(Likely), Gen.Elements(Enum.GetValues<Step>())), Gen.Choose(0, 99))
            .Select(drawn => new Happening(drawn.Item1, drawn.Item2)).ArrayOf(80),
        Shorter);

    private static IEnumerable<Happening[]> Shorter(Happening[] history)
    {
        for (var length = history.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start < history.Length; start += length)
            {
                yield return [.. history[..start], .. history[Math.Min(history.Length, start + length)..]];
            }
        }
    }
}
