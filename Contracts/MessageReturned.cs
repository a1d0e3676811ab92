namespace Contracts;

/// <summary>
/// The order came too late (or the sender is halted) and was handed back unsent: this attempt never called the
/// provider, its number may be used again.
/// </summary>
public sealed record MessageReturned
{
    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Null: at once. Set while the sender is halted, e.g. until tomorrow after a daily limit.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The provider's code that halts the sender, if one does.</summary>
    public string? ErrorCode { get; init; }

    public required DateTimeOffset ReturnedAt { get; init; }
}
