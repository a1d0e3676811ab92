using System.Diagnostics;
using Contracts;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

internal enum AttemptState
{
    /// <summary>The call is due or under way.</summary>
    Claimed,
    Accepted,

    /// <summary>The provider answered the call with "no".</summary>
    Refused,

    /// <summary>The call may have been made; nobody has told what became of it.</summary>
    Unknown,

    /// <summary>The provider reported a failure later.</summary>
    Failed,

    /// <summary>Unknown at first; then the provider's list showed, twice, that it has no such message.</summary>
    Absent,

    /// <summary>Unknown at first; then no report came for a day, and there is no list. A late one counts.</summary>
    Unconfirmed,
}

/// <summary>One line of the ledger. What Campaigns is told follows from it alone, so it can be told again.</summary>
internal sealed record SendAttempt
{
    public const string Columns = """
        message_id, attempt, provider, sender, recipient, retries_used, state, provider_message_id, error_code, reason,
        not_before, claimed_at, changed_at, trace_parent
        """;

    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    public required string Provider { get; init; }

    public required string Sender { get; init; }

    public required string Recipient { get; init; }

    public required int RetriesUsed { get; init; }

    public required AttemptState State { get; init; }

    public string? ProviderMessageId { get; init; }

    public string? ErrorCode { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset ClaimedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Where the order's trace stood at the claim.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Reads <see cref="Columns"/>.</summary>
    public static SendAttempt Read(NpgsqlDataReader row) => new()
    {
        MessageId = row.GetGuid(0),
        Attempt = row.GetInt32(1),
        Provider = row.GetString(2),
        Sender = row.GetString(3),
        Recipient = row.GetString(4),
        RetriesUsed = row.GetInt32(5),
        State = Enum.Parse<AttemptState>(row.GetString(6), ignoreCase: true),
        ProviderMessageId = row.IsDBNull(7) ? null : row.GetString(7),
        ErrorCode = row.IsDBNull(8) ? null : row.GetString(8),
        Reason = row.IsDBNull(9) ? null : row.GetString(9),
        NotBefore = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
        ClaimedAt = row.GetFieldValue<DateTimeOffset>(11),
        ChangedAt = row.GetFieldValue<DateTimeOffset>(12),
        TraceParent = row.IsDBNull(13) ? null : row.GetString(13),
    };

    /// <summary>Puts into the outbox what this line means for the message; nothing while the call may be on.</summary>
    public Task AnnounceAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken) => State switch
    {
        AttemptState.Claimed => Task.CompletedTask,
        AttemptState.Accepted => Outbox.AddAsync(transaction, new MessageAccepted
        {
            MessageId = MessageId,
            Attempt = Attempt,
            Provider = Provider,
            ProviderMessageId = ProviderMessageId!,
            AcceptedAt = ChangedAt,
        }, cancellationToken),
        AttemptState.Unknown => Outbox.AddAsync(transaction, new OutcomeUnknown
        {
            MessageId = MessageId,
            Attempt = Attempt,
            Reason = Reason!,
            NoticedAt = ChangedAt,
        }, cancellationToken),
        AttemptState.Refused or AttemptState.Failed or AttemptState.Unconfirmed when NotBefore is null =>
            Outbox.AddAsync(transaction, new MessageRejected
            {
                MessageId = MessageId,
                Attempt = Attempt,
                Provider = Provider,
                ErrorCode = ErrorCode!,
                StopsSender = ProviderErrors.Find(Provider, ErrorCode!).StopsSender,
                RejectedAt = ChangedAt,
            }, cancellationToken),
        AttemptState.Refused or AttemptState.Failed or AttemptState.Absent => Outbox.AddAsync(
            transaction, new MessageDeferred
            {
                MessageId = MessageId,
                Attempt = Attempt,
                Provider = Provider,
                ErrorCode = ErrorCode,
                NotBefore = NotBefore ?? ChangedAt,
                DeferredAt = ChangedAt,
            }, cancellationToken),
        _ => throw new UnreachableException(),
    };
}
