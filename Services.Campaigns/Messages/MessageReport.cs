using Contracts;

namespace Services.Campaigns;

/// <summary>Something that is known of a message from now on. Reports come late, twice and out of order.</summary>
internal abstract record MessageReport(DateTimeOffset At)
{
    /// <summary>Whose code or id it is; null where it has none.</summary>
    public string? Provider { get; init; }

    /// <summary>The dispatcher has an order out for it.</summary>
    public sealed record Queued(DateTimeOffset ExpiresAt, DateTimeOffset At) : MessageReport(At);

    public sealed record Accepted(int Attempt, string ProviderMessageId, DateTimeOffset At) : MessageReport(At);

    public sealed record Rejected(int Attempt, string ErrorCode, bool StopsSender, DateTimeOffset At)
        : MessageReport(At);

    public sealed record Deferred(int Attempt, string? ErrorCode, DateTimeOffset NotBefore, DateTimeOffset At)
        : MessageReport(At);

    public sealed record Returned(int Attempt, DateTimeOffset? NotBefore, string? ErrorCode, DateTimeOffset At)
        : MessageReport(At);

    public sealed record OutcomeUnknown(int Attempt, string Reason, DateTimeOffset At) : MessageReport(At);

    /// <summary>What the provider tells in a callback. Failures are left to Messaging's verdict.</summary>
    public sealed record Status(int? Attempt, DeliveryStatus Value, string ProviderMessageId, DateTimeOffset At)
        : MessageReport(At)
    {
        /// <summary>What the message is called besides, by WhatsApp or by the provider in between.</summary>
        public string? AlternativeId { get; init; }
    }

    public sealed record Replied(DateTimeOffset At) : MessageReport(At);

    public sealed record Skipped(string Reason, DateTimeOffset At) : MessageReport(At);

    public sealed record Cancelled(DateTimeOffset At) : MessageReport(At);

    /// <summary>Somebody asked for another try of a failed message.</summary>
    public sealed record RetryRequested(DateTimeOffset At) : MessageReport(At);
}
