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

/// <param name="NextAttemptAt">When a retry is due.</param>
public record Message(
    Guid Id, Guid CampaignId, Guid? ContactId, string Phone, MessageKind Kind, MessageStatus Status, int Attempts,
    DateTimeOffset? NextAttemptAt, string? WhatsappMessageId, MessageError? Error, DateTimeOffset? QueuedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt,
    DateTimeOffset? RepliedAt);

/// <summary>The same, with its text and its history in order.</summary>
public sealed record MessageDetail(
    Guid Id, Guid CampaignId, Guid? ContactId, string Phone, MessageKind Kind, MessageStatus Status, int Attempts,
    DateTimeOffset? NextAttemptAt, string? WhatsappMessageId, MessageError? Error, DateTimeOffset? QueuedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt,
    DateTimeOffset? RepliedAt, string? Text, IReadOnlyList<TimelineEntry> Timeline)
    : Message(
        Id, CampaignId, ContactId, Phone, Kind, Status, Attempts, NextAttemptAt, WhatsappMessageId, Error, QueuedAt,
        SentAt, DeliveredAt, ReadAt, FailedAt, RepliedAt);

/// <summary>A failure in plain words, in the caller's language.</summary>
/// <param name="Permanent">A retry would not help until somebody acts.</param>
public sealed record MessageError(string Code, string Title, string Explanation, string Action, bool Permanent);

public sealed record TimelineEntry(DateTimeOffset At, string Event, int Attempt, string? Detail);
