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
public sealed record Sandbox(
    SenderMode Mode, string Provider, string Number, string? JoinCode, string? JoinInstruction, string? JoinLink,
    SandboxLimits Limits, Uri? WebhookUrl, bool? WebhookReachable, string? WebhookProblem,
    DateTimeOffset? LastWebhookAt);

/// <param name="RatePerSecond">Set in fast mode, where it replaces the interval.</param>
public sealed record SandboxLimits(
    double MinIntervalSeconds, double? RatePerSecond, int SessionHours, int? MembershipHours)
{
    /// <summary>How many messages may leave in a second.</summary>
    public double PerSecond => RatePerSecond ?? (MinIntervalSeconds > 0 ? 1 / MinIntervalSeconds : 0);
}
