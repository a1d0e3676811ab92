namespace Contracts;

/// <summary>The attempt failed, but a later one may help: not before <see cref="NotBefore"/>.</summary>
public sealed record MessageDeferred
{
    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    public required string Provider { get; init; }

    /// <summary>The provider's code as text, e.g. <c>20429</c>; null if the attempt never took place.</summary>
    public string? ErrorCode { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset DeferredAt { get; init; }
}
