using System.Runtime.CompilerServices;
using Contracts;

namespace Services.Campaigns;

/// <summary>Reads Messaging's ledger.</summary>
internal sealed class LedgerClient(MessagingClient messaging)
{
    private const int PageSize = 5000;

    private static readonly TimeSpan PageLimit = TimeSpan.FromSeconds(30);

    /// <summary>The provider's list is read page by page while we wait.</summary>
    private static readonly TimeSpan AuditLimit = TimeSpan.FromMinutes(30);

    /// <summary>The campaign's attempts, message by message, in the order of the messages' ids.</summary>
    /// <exception cref="MessagingAwayException">Messaging does not answer.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LedgerEntry>> ReadAsync(
        Guid campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (message, attempt) = (Guid.Empty, 0);
        var attempts = new List<LedgerEntry>();
        List<LedgerEntry> page;
        do
        {
            page = (await messaging.AskAsync<List<LedgerEntry>>(
                HttpMethod.Get,
                $"books/ledger?campaignId={campaignId}&message={message}&attempt={attempt}&limit={PageSize}", null,
                PageLimit, cancellationToken))!;
            foreach (var entry in page)
            {
                if (attempts.Count > 0 && attempts[0].MessageId != entry.MessageId)
                {
                    yield return attempts;
                    attempts = [];
                }

                attempts.Add(entry);
                (message, attempt) = (entry.MessageId, entry.Attempt);
            }
        }
        while (page.Count == PageSize);

        if (attempts.Count > 0)
        {
            yield return attempts;
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public async Task<ILookup<Guid, LedgerEntry>> OfMessagesAsync(
        Guid[] messages, CancellationToken cancellationToken)
    {
        var entries = await messaging.AskAsync<List<LedgerEntry>>(
            HttpMethod.Post, "books/ledger", messages, PageLimit, cancellationToken);
        return entries!.ToLookup(entry => entry.MessageId);
    }

    /// <summary>Null if the provider's list cannot be read.</summary>
    /// <inheritdoc cref="ReadAsync" path="exception"/>
    public Task<ProviderAudit?> AuditAsync(
        DateTimeOffset since, Guid? campaignId, CancellationToken cancellationToken) =>
        messaging.AskAsync<ProviderAudit>(
            HttpMethod.Get,
            $"books/provider?since={since.UtcDateTime:O}{(campaignId is null ? "" : $"&campaignId={campaignId}")}",
            null, AuditLimit, cancellationToken);
}
