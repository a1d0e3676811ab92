namespace Contracts;

/// <summary>
/// One attempt as Messaging's ledger has it, for the check of the books. Asked for over HTTP: it is a report, of which
/// nothing in the sending of messages depends.
/// </summary>
/// <param name="State">claimed, accepted, refused, unknown, failed, absent…</param>
/// <param name="ChangedAt">When it got into this state.</param>
public sealed record LedgerEntry(
    Guid MessageId, int Attempt, string State, string? ProviderMessageId, DateTimeOffset ChangedAt);

/// <summary>The ledger's accepted attempts against the provider's own list.</summary>
/// <param name="Since">Attempts from this instant on were looked for.</param>
/// <param name="Campaigns">Only those of which something was accepted since.</param>
/// <param name="Missing">The first of what the provider does not have.</param>
/// <param name="Strays">The first of what the provider has and the ledger has not.</param>
public sealed record ProviderAudit(
    DateTimeOffset Since, IReadOnlyList<CampaignAudit> Campaigns, IReadOnlyList<MissingMessage> Missing,
    long StrayCount, IReadOnlyList<StrayMessage> Strays);

/// <param name="CampaignId">Null for attempts whose campaign the ledger does not know.</param>
public sealed record CampaignAudit(Guid? CampaignId, long Found, long Missing);

public sealed record MissingMessage(Guid? CampaignId, Guid MessageId, int Attempt, string ProviderMessageId);

/// <summary>Perhaps a test, or another program's that sends under the same number.</summary>
public sealed record StrayMessage(string ProviderMessageId, DateTimeOffset? CreatedAt);
