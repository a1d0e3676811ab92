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
public sealed record Sandbox(
    SenderMode Mode, string Provider, string Number, string? JoinCode, string? JoinInstruction, string? JoinLink,
    SandboxLimits Limits, Uri? WebhookUrl, bool? WebhookReachable, string? WebhookProblem,
    DateTimeOffset? LastWebhookAt, IReadOnlyList<Sender>? Senders = null)
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

    /// <summary>Whether people have to join before they get messages.</summary>
    public bool HasMembership => Limits.MembershipHours is not null;
}

/// <summary>A number that sends, and how many messages in a second.</summary>
public sealed record Sender(string Number, double RatePerSecond);

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
