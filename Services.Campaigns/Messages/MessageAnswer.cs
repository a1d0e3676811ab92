using Contracts;

namespace Services.Campaigns;

/// <summary>A message as clients see it.</summary>
/// <param name="CampaignId">Null for what somebody wrote by hand.</param>
/// <param name="NextAttemptAt">When a retry is due; null unless the message waits for one.</param>
/// <param name="WhatsappMessageId">The provider's id: Twilio's SID, Gupshup's UUID, Meta's <c>wamid</c>.</param>
internal record MessageAnswer(
    Guid Id, Guid? CampaignId, Guid? ContactId, string Phone, MessageKind Kind, MessageStatus Status, int Attempts,
    DateTimeOffset? NextAttemptAt, string? WhatsappMessageId, MessageError? Error, DateTimeOffset? QueuedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt,
    DateTimeOffset? RepliedAt)
{
    /// <summary>Who was last asked to send it; null before the first attempt, or if nobody noted it.</summary>
    public string? Provider { get; init; }

    /// <summary>The person's, as is the last name; in lists only.</summary>
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public static MessageAnswer Of(CampaignMessage message, Explain explain) => new(
        message.Id, message.CampaignId, message.ContactId, message.Phone, message.Kind, message.Status,
        message.Attempts, message.Status is MessageStatus.Retrying ? message.NextAttemptAt : null,
        message.ProviderMessageId, explain.Error(message.ErrorCode, message.Provider), message.QueuedAt,
        message.SentAt, message.DeliveredAt, message.ReadAt, message.FailedAt, message.RepliedAt)
    {
        Provider = message.Provider,
    };
}

/// <summary>The same, with its history in order.</summary>
internal sealed record MessageDetailAnswer : MessageAnswer
{
    public MessageDetailAnswer(MessageAnswer message, string? text, IReadOnlyList<TimelineAnswer> timeline)
        : base(message) => (Text, Timeline) = (text, timeline);

    /// <summary>Free text, or the template's text as the person gets it; null after an erasure.</summary>
    public string? Text { get; }

    public IReadOnlyList<TimelineAnswer> Timeline { get; }
}

/// <param name="Event">queued, accepted, sent, delivered, read, replied, retrying, failed, verifying, returned…</param>
internal sealed record TimelineAnswer(DateTimeOffset At, string Event, int Attempt, string? Detail)
{
    /// <summary>What <see cref="Detail"/> says, in the caller's language.</summary>
    public string? Reason { get; init; }
}

/// <summary>A failure in plain words, in the caller's language.</summary>
/// <param name="Permanent">A retry would not help until somebody acts.</param>
internal sealed record MessageError(string Code, string Title, string Explanation, string Action, bool Permanent);

/// <summary>Explains codes in the caller's language, with this sender's join instruction.</summary>
internal sealed record Explain(string Language, SandboxOptions Sandbox)
{
    /// <param name="code">Null: there was none.</param>
    /// <param name="provider">Whose it is; null: one that all have, or Twilio's when it was the only one.</param>
    public MessageError? Error(string? code, string? provider)
    {
        if (code is null)
        {
            return null;
        }

        var error = ProviderErrors.Find(provider ?? TwilioWords.Provider, code);
        var text = error.In(Language).Fill(Sandbox.Number, Sandbox.JoinCode);
        return new(code, text.Title, text.Explanation, text.Action, error.Permanent);
    }
}
