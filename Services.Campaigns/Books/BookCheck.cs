using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Compares a campaign's rows with its counters, with Messaging's ledger and with the provider's list. Rows and ledger
/// come in the order of the messages' ids and are merged as they come, so a million messages cost flat memory. What
/// looks different is looked at once more, and left out if it is moving.
/// </summary>
internal sealed partial class BookCheck(
    NpgsqlDataSource database, Recount recount, LedgerClient ledger, BookStore store, IOptions<BookOptions> options,
    TimeProvider clock, ILogger<BookCheck> logger)
{
    /// <summary>As many are looked at once more together.</summary>
    private const int Suspects = 1000;

    /// <summary>One campaign, or all.</summary>
    public async Task RunAsync(Guid? campaignId, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var since = campaignId is { } id
            ? await store.CreatedAtAsync(id, cancellationToken)
            : startedAt - options.Value.ProviderWindow;
        if (since is null)
        {
            return; // deleted meanwhile
        }

        ProviderAudit? audit = null;
        try
        {
            audit = await ledger.AuditAsync(since.Value, campaignId, cancellationToken);
        }
        catch (MessagingAwayException exception)
        {
            LogAway(exception.Message);
        }

        var away = false; // asked once more for each campaign, it might keep us waiting each time
        foreach (var campaign in await store.CampaignsAsync(campaignId, cancellationToken))
        {
            away |= !await CheckAsync(campaign, audit, away, cancellationToken);
        }

        if (campaignId is null)
        {
            await store.SaveAsync(startedAt, audit?.StrayCount, audit?.Strays ?? [], cancellationToken);
        }
    }

    /// <summary>False if Messaging is away.</summary>
    private async Task<bool> CheckAsync(
        Guid campaignId, ProviderAudit? audit, bool away, CancellationToken cancellationToken)
    {
        var checkedAt = clock.GetUtcNow();
        var differences = new Differences();
        var counted = await recount.RunAsync(campaignId, cancellationToken);
        foreach (var delta in counted.Corrections)
        {
            differences.Add(Difference(delta, counted));
        }

        LedgerNumbers? numbers = null;
        if (!away)
        {
            try
            {
                numbers = await MergeAsync(campaignId, differences, cancellationToken);
            }
            catch (MessagingAwayException exception)
            {
                LogAway(exception.Message);
            }
        }

        var provider = audit is null ? null : Compare(campaignId, audit, differences);
        await store.SaveAsync(
            campaignId, checkedAt,
            new(numbers, provider, StatusNumbers.Of(counted.Rows), StatusNumbers.Of(counted.Counters)), differences,
            cancellationToken);
        if (differences.Count > 0)
        {
            LogDifferences(campaignId, differences.Count);
        }

        return numbers is not null;
    }

    private static Difference Difference(MessageRows.CounterDelta delta, Recounted counted)
    {
        var (rows, counters) = (counted.Rows.Of(delta.Kind), counted.Counters.Of(delta.Kind));
        var isReplies = delta.Status == MessageRows.RepliedCounter;
        var status = (MessageStatus)delta.Status;
        return new(
            DifferenceKind.Counter,
            Counter: $"{delta.Kind.ToString().ToLowerInvariant()}.{(isReplies ? "replies" : Comparison.Named(status))}",
            Rows: isReplies ? rows.Replied : rows[status], Counters: isReplies ? counters.Replied : counters[status]);
    }

    private static ProviderNumbers Compare(Guid campaignId, ProviderAudit audit, Differences differences)
    {
        var found = audit.Campaigns.SingleOrDefault(campaign => campaign.CampaignId == campaignId);
        var listed = audit.Missing.Where(message => message.CampaignId == campaignId).ToList();
        foreach (var message in listed)
        {
            differences.Add(new(
                DifferenceKind.MissingAtProvider, message.MessageId, message.ProviderMessageId,
                Ledger: $"{message.Attempt}: accepted"));
        }

        differences.AddUnlisted((found?.Missing ?? 0) - listed.Count);
        return new(audit.Since, found?.Found ?? 0, found?.Missing ?? 0);
    }

    /// <summary>Goes through rows and ledger side by side.</summary>
    private async Task<LedgerNumbers> MergeAsync(
        Guid campaignId, Differences differences, CancellationToken cancellationToken)
    {
        var (messages, accepted, open) = (0L, 0L, 0L);
        var suspects = new List<Guid>(Suspects);

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select id, status, attempts from messages where campaign_id = $1 order by id", connection)
        { Parameters = { new() { Value = campaignId } } };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        await using var entries = ledger.ReadAsync(campaignId, cancellationToken).GetAsyncEnumerator(cancellationToken);

        var row = await NextRowAsync();
        var attempts = await NextAttemptsAsync();
        while (row is not null || attempts.Count > 0)
        {
            // Guids compare as PostgreSQL compares them, from the left.
            var order = row is null ? 1 : attempts.Count == 0 ? -1 : row.Id.CompareTo(attempts[0].MessageId);
            var comparison = new Comparison(
                order > 0 ? attempts[0].MessageId : row!.Id, order > 0 ? null : row, order < 0 ? [] : attempts);
            if (comparison.Find() is null)
            {
                Count(comparison);
            }
            else
            {
                suspects.Add(comparison.MessageId);
                if (suspects.Count == Suspects)
                {
                    await LookAgainAsync();
                }
            }

            row = order <= 0 ? await NextRowAsync() : row;
            attempts = order >= 0 ? await NextAttemptsAsync() : attempts;
        }

        await LookAgainAsync();
        return new(messages, accepted, open);

        async Task<RowEntry?> NextRowAsync() => await rows.ReadAsync(cancellationToken)
            ? new(rows.GetGuid(0), (MessageStatus)rows.GetInt16(1), rows.GetInt32(2), null)
            : null;

        async Task<IReadOnlyList<LedgerEntry>> NextAttemptsAsync() =>
            await entries.MoveNextAsync() ? entries.Current : [];

        async Task LookAgainAsync()
        {
            foreach (var comparison in await CompareAgainAsync([.. suspects], cancellationToken))
            {
                Count(comparison);
                if (comparison.Find() is { } difference
                    && !comparison.IsMoving(clock.GetUtcNow() - options.Value.Settling))
                {
                    differences.Add(difference);
                }
            }

            suspects.Clear();
        }

        void Count(Comparison comparison)
        {
            messages += comparison.Attempts.Count > 0 ? 1 : 0;
            accepted += comparison.IsAccepted ? 1 : 0;
            open += comparison.IsOpen ? 1 : 0;
        }
    }

    /// <summary>As both books have these messages now; also attempts that name no campaign.</summary>
    private async Task<List<Comparison>> CompareAgainAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return [];
        }

        var rows = new Dictionary<Guid, RowEntry>();
        await using (var command = database.Command("""
            select id, status, attempts, (timeline -> -1 ->> 'at')::timestamptz from messages where id = any($1)
            """, (object)ids))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows[reader.GetGuid(0)] = new(
                    reader.GetGuid(0), (MessageStatus)reader.GetInt16(1), reader.GetInt32(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
            }
        }

        // After the rows: what they know, the ledger knew before.
        var attempts = await ledger.OfMessagesAsync(ids, cancellationToken);
        return [.. ids.Select(id => new Comparison(id, rows.GetValueOrDefault(id), [.. attempts[id]]))];
    }

    [LoggerMessage(LogLevel.Warning, "The books are checked without the ledger, Messaging does not answer: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Warning, "The books of campaign {CampaignId} differ in {Count} places")]
    private partial void LogDifferences(Guid campaignId, long count);
}
