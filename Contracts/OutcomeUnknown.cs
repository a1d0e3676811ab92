namespace Contracts;

/// <summary>
/// The provider was called, or may have been, and no answer is known: a time-out, a cut connection, a 5xx, or our own
/// death in between. Never sent again on a guess; a callback or the provider's message list settles it.
/// </summary>
public sealed record OutcomeUnknown
{
    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>For the timeline, e.g. <c>no answer within 10 s</c>.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset NoticedAt { get; init; }
}
