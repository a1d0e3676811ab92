using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ProviderEmulator;

/// <summary>What the create call is answered.</summary>
internal enum AnswerFault
{
    /// <summary>Nothing special; takes a turn in <c>next</c>.</summary>
    None,

    /// <summary>429 with 20429; not accepted.</summary>
    TooManyRequests,

    /// <summary>500 with 20500; not accepted.</summary>
    ServerError,

    /// <summary>503 with 20503; not accepted.</summary>
    Unavailable,

    /// <summary>The given status and code; not accepted.</summary>
    Refuse,

    /// <summary>The connection is cut; not accepted.</summary>
    CutBefore,

    /// <summary>Accepted, and the connection is cut.</summary>
    CutAfter,

    /// <summary>Accepted, and answered 500 with 20500.</summary>
    AcceptThenError,

    /// <summary>Accepted, and answered after the delay.</summary>
    Slow,

    /// <summary>Not accepted and never answered; the caller hangs up.</summary>
    Silent,

    /// <summary>Accepted, and answered 201 with something that is no JSON.</summary>
    AcceptThenGarbage,

    /// <summary>Accepted, and answered 201 with more than anybody wants to read.</summary>
    AcceptThenFlood,
}

/// <summary>What becomes of a message's status callbacks.</summary>
internal enum CallbackFault
{
    None,

    /// <summary>The last first.</summary>
    OutOfOrder,

    /// <summary>Each two times.</summary>
    Twice,

    /// <summary>None is sent; the message moves on all the same.</summary>
    Lost,

    /// <summary>Each after the delay.</summary>
    Late,
}

/// <summary>Something that goes wrong with a message, on purpose.</summary>
internal sealed record Fault
{
    [JsonPropertyName("fault")]
    public AnswerFault Answer { get; init; }

    public CallbackFault Callbacks { get; init; }

    /// <summary>In <c>next</c>: for so many messages.</summary>
    [Range(1, 1_000_000)]
    public int Times { get; init; } = 1;

    /// <summary>In <c>always</c>: for this share of the messages.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 1;

    /// <summary>For <see cref="AnswerFault.Slow"/> and <see cref="CallbackFault.Late"/>.</summary>
    [Range(0, 3_600_000)]
    public int DelayMs { get; init; } = 5000;

    /// <summary>For <see cref="AnswerFault.Refuse"/>.</summary>
    [Range(400, 599)]
    public int Status { get; init; } = 400;

    /// <summary>For <see cref="AnswerFault.Refuse"/>; without it the answer has no code.</summary>
    public int? Code { get; init; }

    [JsonIgnore]
    public TimeSpan Delay => TimeSpan.FromMilliseconds(DelayMs);
}
