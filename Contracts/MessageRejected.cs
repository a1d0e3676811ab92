namespace Contracts;

/// <summary>
/// The message failed for good: refused by the provider at once or reported failed later, and no automatic retry is
/// left or would help. <see cref="ErrorCode"/> is explained by <see cref="ProviderErrors"/>.
/// </summary>
public sealed record MessageRejected
{
    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    public required string Provider { get; init; }

    /// <summary>The provider's code as text, e.g. <c>63015</c>.</summary>
    public required string ErrorCode { get; init; }

    /// <summary>True if every message of this sender would fail alike (e.g. 63007): its campaigns pause.</summary>
    public bool StopsSender { get; init; }

    public required DateTimeOffset RejectedAt { get; init; }
}
