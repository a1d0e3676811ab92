namespace Frontend;

public enum MessageStatus
{
    Pending,
    Queued,
    Sending,
    Retrying,
    Sent,
    Delivered,
    Read,
    Failed,
    Skipped,
    Cancelled,
}

public enum MessageKind
{
    Test,
    Message1,
    Message2,
}

/// <param name="CampaignId">Null for what somebody wrote by hand.</param>
/// <param name="NextAttemptAt">When a retry is due.</param>
public record Message(
    Guid Id, Guid? CampaignId, Guid? ContactId, string Phone, MessageKind Kind, MessageStatus Status, int Attempts,
    DateTimeOffset? NextAttemptAt, string? WhatsappMessageId, MessageError? Error, DateTimeOffset? QueuedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt,
    DateTimeOffset? RepliedAt)
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    /// <summary>Null of who has none.</summary>
    public string? Name => string.Join(' ', new[] { FirstName, LastName }.Where(part => part is not null))
        is { Length: > 0 } name ? name : null;

    /// <summary>When the latest of it happened.</summary>
    public DateTimeOffset? LatestAt =>
        new[] { QueuedAt, SentAt, DeliveredAt, ReadAt, FailedAt, RepliedAt }.Max();
}

/// <summary>The same, with its text and its history in order.</summary>
public sealed record MessageDetail(
    Guid Id, Guid? CampaignId, Guid? ContactId, string Phone, MessageKind Kind, MessageStatus Status, int Attempts,
    DateTimeOffset? NextAttemptAt, string? WhatsappMessageId, MessageError? Error, DateTimeOffset? QueuedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt,
    DateTimeOffset? RepliedAt, string? Text, IReadOnlyList<TimelineEntry> Timeline)
    : Message(
        Id, CampaignId, ContactId, Phone, Kind, Status, Attempts, NextAttemptAt, WhatsappMessageId, Error, QueuedAt,
        SentAt, DeliveredAt, ReadAt, FailedAt, RepliedAt);

/// <summary>A failure in plain words, in the caller's language.</summary>
/// <param name="Permanent">A retry would not help until somebody acts.</param>
public sealed record MessageError(string Code, string Title, string Explanation, string Action, bool Permanent);

/// <param name="Attempt">0 before the first.</param>
/// <param name="Reason">In the caller's language.</param>
public sealed record TimelineEntry(
    DateTimeOffset At, string Event, int Attempt, string? Detail, string? Reason = null);

/// <summary>Which messages of a campaign; null: whatever.</summary>
/// <param name="Status">One or several, with commas between them.</param>
/// <param name="Code">The reason why it failed or was skipped.</param>
public sealed record MessageFilter(
    string? Status = null, MessageKind? Kind = null, string? Search = null, string? Code = null, bool? Replied = null);

/// <summary>A cause in plain words, in the caller's language, and how many messages it stopped.</summary>
/// <param name="Campaigns">Of all campaigns: those that it has hit most.</param>
/// <param name="Provider">Whose code it is.</param>
/// <param name="Status">What became of the messages: failed or skipped.</param>
public sealed record FailureCause(
    string Code, string Title, string Explanation, string Action, bool Permanent, long Count,
    IReadOnlyList<FailureCause.InCampaign>? Campaigns = null, long CampaignCount = 0, string? Provider = null,
    MessageStatus Status = MessageStatus.Failed)
{
    public sealed record InCampaign(Guid Id, string Name, long Count);
}
