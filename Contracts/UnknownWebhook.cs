namespace Contracts;

/// <summary>A provider told something that no version of ours knows: kept for the activity log, answered with 200.</summary>
public sealed record UnknownWebhook
{
    public required string Provider { get; init; }

    /// <summary>The provider's own words for it, e.g. <c>the type billing-event</c>; nobody's data.</summary>
    public required string What { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}
