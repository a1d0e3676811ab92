namespace Frontend;

public enum SenderMode
{
    Sandbox,
    Production,
    Emulator,
}

/// <summary>GET /api/sandbox: how messages are sent, and how people join.</summary>
/// <param name="WebhookReachable">Null while nobody knows.</param>
/// <param name="WebhookProblem">Why not, in the caller's language.</param>
/// <param name="Senders">All numbers that send, the main one first.</param>
/// <param name="CheckedAt">When the self-test of the webhook was last done.</param>
public sealed record Sandbox(
    SenderMode Mode, string Provider, string Number, string? JoinCode, string? JoinInstruction, string? JoinLink,
    SandboxLimits Limits, Uri? WebhookUrl, bool? WebhookReachable, string? WebhookProblem,
    DateTimeOffset? LastWebhookAt, IReadOnlyList<Sender>? Senders = null, DateTimeOffset? CheckedAt = null)
{
    public const string Twilio = "Twilio";

    public const string Gupshup = "Gupshup";

    /// <summary>As people know it.</summary>
    public string ProviderName => Provider switch
    {
        "gupshup" => Gupshup,
        "meta" => "Meta",
        _ => Twilio,
    };

    /// <summary>Whether the provider can be asked what it has; else only webhooks tell.</summary>
    public bool KeepsList => ProviderName == Twilio;

    /// <summary>Null unless there are several to choose from.</summary>
    public IReadOnlyList<Sender>? Choices => Senders is { Count: > 1 } ? Senders : null;

    /// <summary>How many messages a number, or the main one, may send in a second.</summary>
    public double PerSecondOf(string? number) =>
        Choices?.FirstOrDefault(sender => sender.Number == number)?.RatePerSecond ?? Limits.PerSecond;

    /// <summary>How many messages of a number, or of the main one, may still leave after a pause.</summary>
    public int MostAfterPause(string? number) =>
        Senders?.FirstOrDefault(sender => sender.Number == (number ?? Number))?.MostAfterPause ?? 1;

    /// <summary>Whether people have to join before they get messages.</summary>
    public bool HasMembership => Limits.MembershipHours is not null;
}

/// <summary>A number that sends, and how many messages in a second.</summary>
/// <param name="MostAfterPause">How many may still leave once a campaign is paused or cancelled.</param>
public sealed record Sender(string Number, double RatePerSecond, int MostAfterPause = 1);

/// <param name="RatePerSecond">Set in fast mode, where it replaces the interval.</param>
/// <param name="MembershipHours">Null where nobody has to join.</param>
/// <param name="PairIntervalSeconds">Between two messages to one person; null without that limit.</param>
public sealed record SandboxLimits(
    double MinIntervalSeconds, double? RatePerSecond, int SessionHours, int? MembershipHours,
    int? PairIntervalSeconds = null)
{
    /// <summary>How many messages may leave in a second.</summary>
    public double PerSecond => RatePerSecond ?? (MinIntervalSeconds > 0 ? 1 / MinIntervalSeconds : 0);
}
