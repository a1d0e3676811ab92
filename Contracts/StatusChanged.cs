namespace Contracts;

/// <summary>
/// The provider reported what became of a message. Reports come late, twice and out of order.
/// Campaigns moves its row and counters; Messaging settles unknown outcomes and judges failures.
/// </summary>
public sealed record StatusChanged
{
    public required string Provider { get; init; }

    public required string ProviderMessageId { get; init; }

    /// <summary>
    /// Another id by which the provider may speak of the same message: WhatsApp's own, where a provider in between has
    /// one too.
    /// </summary>
    public string? AlternativeId { get; init; }

    /// <summary>Our id, from the status callback's own URL; null where a provider does not carry it.</summary>
    public Guid? MessageId { get; init; }

    public int? Attempt { get; init; }

    /// <summary>
    /// The person in E.164, where the provider carries no id of ours and <see cref="ProviderMessageId"/> is the one that
    /// it gives when it takes a message: then this may settle what has become of the only one that is open.
    /// </summary>
    public string? Recipient { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>With <see cref="DeliveryStatus.Failed"/>: the provider's code as text, number or not.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>When it came; or earlier, when it happened, if the provider says so.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>True if no webhook told it: the provider was asked.</summary>
    public bool Asked { get; init; }
}

/// <summary>In order of evidence: of several reports on one attempt the greatest is the true one.</summary>
public enum DeliveryStatus
{
    /// <summary>The provider has it (Twilio: accepted, scheduled, queued, sending).</summary>
    Queued,

    /// <summary>On its way. May stay the last status for ever (phone off, or blocked).</summary>
    Sent,

    /// <summary>Failed, undelivered or cancelled at the provider; final unless a delivery is still reported.</summary>
    Failed,

    Delivered,

    Read,
}
