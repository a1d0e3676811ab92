namespace Contracts;

/// <summary>Whether the provider can reach our webhooks; told when it changes, when asked, and now and then.</summary>
public sealed record WebhooksChecked
{
    public required string Provider { get; init; }

    public required bool Reachable { get; init; }

    /// <summary>
    /// If not reachable, why: <c>private_address</c>, <c>no_connection</c>, <c>no_answer</c>, <c>refused</c> (our
    /// signature is not accepted) or <c>not_ours</c> (something else answers).
    /// </summary>
    public string? Reason { get; init; }

    public required DateTimeOffset CheckedAt { get; init; }
}
