using Contracts;

namespace Services.Campaigns;

/// <summary>One line of a message's timeline.</summary>
internal sealed record TimelineEntry(DateTimeOffset At, string Event, int Attempt, string? Detail);

/// <summary>
/// One recipient's message. What is true of it depends on the evidence alone, neither on its order nor on repeats:
/// a delivery proves more than anything believed before, a verdict ends its own attempt once, and what is reported of
/// an older attempt changes nothing but that.
/// </summary>
internal sealed class CampaignMessage
{
    /// <summary>Nobody told for long what became of it, and nobody can be asked: it may have arrived.</summary>
    public const string Unconfirmed = "unconfirmed";

    public required Guid Id { get; init; }

    /// <summary>Null for what somebody wrote by hand.</summary>
    public required Guid? CampaignId { get; init; }

    public Guid? ContactId { get; init; }

    public required MessageKind Kind { get; init; }

    public required string Phone { get; init; }

    /// <summary>Whether it is in the statistics.</summary>
    public bool Counts => Kind is MessageKind.Message1 or MessageKind.Message2;

    public MessageStatus Status { get; set; }

    /// <summary>The highest attempt that was ordered and not handed back.</summary>
    public int Attempts { get; set; }

    public int RetriesUsed { get; set; }

    /// <summary>
    /// Of a waiting message; of one that has not been tried, the least instant there is: a clock put back holds up no
    /// campaign.
    /// </summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    public string? ProviderMessageId { get; set; }

    /// <summary>
    /// WhatsApp's own id, where a provider in between has one too; reports and replies may name only this one.
    /// </summary>
    public string? AlternativeMessageId { get; set; }

    /// <summary>Whose id and code these are; null: nobody's yet, or Twilio's when it was the only one.</summary>
    public string? Provider { get; set; }

    public string? ErrorCode { get; set; }

    public DateTimeOffset? QueuedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public DateTimeOffset? ReadAt { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    public DateTimeOffset? RepliedAt { get; set; }

    public List<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Nothing has been sent that is not known to have failed, and nothing is out.</summary>
    public bool Waits => Status is MessageStatus.Pending or MessageStatus.Retrying;

    /// <summary>Takes the report in; false if it tells nothing new.</summary>
    public bool Apply(MessageReport report) => report switch
    {
        MessageReport.Queued queued => Queue(queued),
        MessageReport.Accepted accepted =>
            Accept(accepted.Attempt, accepted.ProviderMessageId, "accepted", accepted),
        MessageReport.Rejected rejected => Reject(rejected),
        MessageReport.Deferred deferred => Defer(deferred),
        MessageReport.Returned returned => Return(returned),
        MessageReport.OutcomeUnknown unknown => Suspect(unknown),
        MessageReport.Status status => Report(status),
        MessageReport.Replied replied => Reply(replied),
        MessageReport.Skipped skipped => Waits && End(MessageStatus.Skipped, skipped.Reason, "skipped", skipped.At),
        MessageReport.Cancelled cancelled => Waits && End(MessageStatus.Cancelled, null, "cancelled", cancelled.At),
        MessageReport.RetryRequested retry => RetryAgain(retry),
        _ => throw new ArgumentOutOfRangeException(nameof(report)),
    };

    private bool Queue(MessageReport.Queued report)
    {
        if (!Waits)
        {
            return false;
        }

        Attempts++;
        (Status, QueuedAt, ExpiresAt, NextAttemptAt) = (MessageStatus.Queued, report.At, report.ExpiresAt, null);
        Note("queued", Attempts, null, report.At); // of a number that is used again it stands there already
        return true;
    }

    private bool Accept(int attempt, string providerMessageId, string evidence, MessageReport report)
    {
        var noted = Note(evidence, attempt, null, report.At);
        if (attempt >= Attempts && ProviderMessageId != providerMessageId)
        {
            (ProviderMessageId, AlternativeMessageId) = (providerMessageId, null);
            Provider = report.Provider ?? Provider;
            noted = true;
        }

        if (!IsOpen(attempt))
        {
            return noted;
        }

        Attempts = attempt;
        (Status, NextAttemptAt, ErrorCode, FailedAt) = (MessageStatus.Sent, null, null, null);
        SentAt = report.At;
        return true;
    }

    private bool Reject(MessageReport.Rejected report)
    {
        if (!MayFail(report.Attempt, report.ErrorCode))
        {
            return false;
        }

        Attempts = report.Attempt;
        Provider = report.Provider ?? Provider;
        return End(MessageStatus.Failed, report.ErrorCode, "failed", report.At);
    }

    private bool Defer(MessageReport.Deferred report)
    {
        if (!MayFail(report.Attempt, report.ErrorCode))
        {
            return false;
        }

        Attempts = report.Attempt;
        if (IsErased)
        {
            return End(MessageStatus.Cancelled, null, "cancelled", report.At);
        }

        RetriesUsed += report.ErrorCode is null ? 0 : 1;
        Provider = report.Provider ?? Provider;
        (Status, NextAttemptAt, ErrorCode) = (MessageStatus.Retrying, report.NotBefore, report.ErrorCode);
        FailedAt = null;
        return Note("retrying", report.Attempt, report.ErrorCode, report.At);
    }

    private bool Return(MessageReport.Returned report)
    {
        if (Status != MessageStatus.Queued || report.Attempt != Attempts)
        {
            return false;
        }

        Attempts--; // it never called the provider: the number is free again
        if (IsErased)
        {
            return End(MessageStatus.Cancelled, null, "cancelled", report.At);
        }

        Provider = report.Provider ?? Provider;
        (Status, NextAttemptAt, ErrorCode) = (MessageStatus.Retrying, report.NotBefore ?? report.At, report.ErrorCode);
        Note("returned", report.Attempt, report.ErrorCode, report.At);
        return true;
    }

    private bool Suspect(MessageReport.OutcomeUnknown report)
    {
        if (!IsUndecided(report.Attempt) || (report.Attempt == Attempts && Status == MessageStatus.Sending))
        {
            return false;
        }

        Attempts = report.Attempt;
        (Status, NextAttemptAt) = (MessageStatus.Sending, null);
        return Note("verifying", report.Attempt, report.Reason, report.At);
    }

    private bool Report(MessageReport.Status report)
    {
        if (report.Value is DeliveryStatus.Failed)
        {
            return false;
        }

        var told = ByOurId(report);
        var moved = Move(told, told.Attempt ?? AttemptOf(told.ProviderMessageId));
        if (told.AlternativeId is not { } other || other == AlternativeMessageId
            || told.ProviderMessageId != ProviderMessageId)
        {
            return moved;
        }

        AlternativeMessageId = other;
        return true;
    }

    /// <summary>The report as if it had named the message by the id that we were given when it was accepted.</summary>
    private MessageReport.Status ByOurId(MessageReport.Status report) =>
        ProviderMessageId is { } ours && ours != report.ProviderMessageId
            && (ours == report.AlternativeId || AlternativeMessageId == report.ProviderMessageId)
            ? report with { ProviderMessageId = ours, AlternativeId = report.ProviderMessageId }
            : report;

    private bool Move(MessageReport.Status report, int attempt)
    {
        if (report.Value is DeliveryStatus.Queued or DeliveryStatus.Sent)
        {
            var evidence = report.Value is DeliveryStatus.Sent ? "sent" : "accepted";
            return Accept(attempt, report.ProviderMessageId, evidence, report);
        }

        var status = report.Value is DeliveryStatus.Read ? MessageStatus.Read : MessageStatus.Delivered;
        var noted = Note(report.Value is DeliveryStatus.Read ? "read" : "delivered", attempt, null, report.At);
        if (Status is MessageStatus.Read || Status == status)
        {
            // The reading may have been taken in before the delivery that came first.
            DeliveredAt = noted && report.At < DeliveredAt ? report.At : DeliveredAt;
            return noted;
        }

        Attempts = Math.Max(Attempts, attempt);
        Provider ??= report.Provider;
        ProviderMessageId ??= report.ProviderMessageId;
        (Status, NextAttemptAt, ErrorCode, FailedAt) = (status, null, null, null);
        SentAt ??= report.At;
        DeliveredAt ??= report.At;
        ReadAt = status is MessageStatus.Read ? report.At : null;
        return true;
    }

    private bool Reply(MessageReport.Replied report)
    {
        if (RepliedAt is not null)
        {
            return false;
        }

        RepliedAt = report.At;
        return Note("replied", Attempts, null, report.At);
    }

    private bool RetryAgain(MessageReport.RetryRequested report)
    {
        if (Status != MessageStatus.Failed || IsErased)
        {
            return false;
        }

        (Status, NextAttemptAt, RetriesUsed, FailedAt) = (MessageStatus.Retrying, report.At, 0, null);
        return Note("retry requested", Attempts, null, report.At);
    }

    /// <summary>The person was erased while it was out: it must not wait for another attempt.</summary>
    private bool IsErased => Phone.Length == 0;

    // An id that is known while an order is out was given to an attempt before that order.
    private int AttemptOf(string providerMessageId) =>
        Status is (MessageStatus.Queued or MessageStatus.Sending) && ProviderMessageId == providerMessageId
            ? Attempts - 1
            : Attempts;

    /// <summary>The attempt is the latest, and nothing has been decided on it but by a guess.</summary>
    private bool IsOpen(int attempt) => IsUndecided(attempt) || IsGivenUp(attempt);

    private bool IsUndecided(int attempt) =>
        Status is not (MessageStatus.Delivered or MessageStatus.Read)
        && (attempt > Attempts || (attempt == Attempts && Status is MessageStatus.Queued or MessageStatus.Sending));

    /// <summary>What is told late of an attempt that was given up still counts, also while its retry waits.</summary>
    private bool IsGivenUp(int attempt) =>
        attempt == Attempts && Status is MessageStatus.Failed or MessageStatus.Retrying
        && Timeline.FindLast(entry => entry.Attempt == attempt && entry.Event is "failed" or "retrying") is { } verdict
        && IsGuess(verdict.Detail);

    /// <summary>A guess gives way to all that is known, and changes nothing that is.</summary>
    private bool MayFail(int attempt, string? errorCode) => IsUndecided(attempt)
        || (!IsGuess(errorCode)
            && (IsGivenUp(attempt) || (attempt == Attempts && Status == MessageStatus.Sent)));

    /// <summary>The provider's list did not have it (no code), or no report came for a day.</summary>
    private static bool IsGuess(string? errorCode) => errorCode is null or Unconfirmed;

    private bool End(MessageStatus status, string? errorCode, string @event, DateTimeOffset at)
    {
        (Status, NextAttemptAt, ErrorCode) = (status, null, errorCode);
        FailedAt = status is MessageStatus.Failed ? at : null;
        return Note(@event, Attempts, errorCode, at);
    }

    // The first of its kind on an attempt is the news; a repeat is not.
    private bool Note(string @event, int attempt, string? detail, DateTimeOffset at)
    {
        if (Timeline.Any(entry => entry.Event == @event && entry.Attempt == attempt && entry.Detail == detail))
        {
            return false;
        }

        Timeline.Add(new(at, @event, attempt, detail));
        return true;
    }
}
