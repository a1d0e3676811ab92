using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Enters reports into the rows and counters, many in one transaction: a thousand callbacks a second cost a few
/// commits.
/// </summary>
internal sealed class MessageBook(
    NpgsqlDataSource database, MessageDispatcher dispatcher, Senders senders, TimeProvider clock)
    : GroupCommit<MessageBook.Entry>(clock)
{
    /// <summary>Returns once the report is committed.</summary>
    public Task EnterAsync(MessageKey key, MessageReport report, CancellationToken cancellationToken) =>
        EnterAsync(new(key, report), cancellationToken);

    protected override async Task CommitAsync(IReadOnlyList<Entry> batch, CancellationToken cancellationToken)
    {
        var accepted = EarlyStatuses.Acceptances(batch);
        var kept = await EnterBatchAsync(batch, accepted, cancellationToken);
        if (await EarlyStatuses.FindMetAsync(database, [.. accepted.Keys, .. kept], cancellationToken)
            is { Count: > 0 } met)
        {
            await EnterBatchAsync([], met, cancellationToken);
        }
    }

    /// <summary>
    /// Enters the reports, and the early statuses of the messages that are known by now; the answer is the provider's
    /// ids of statuses that are early themselves.
    /// </summary>
    private async Task<string[]> EnterBatchAsync(
        IReadOnlyList<Entry> batch, IReadOnlyDictionary<string, MessageAttempt> known,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var early = await EarlyStatuses.TakeAsync(transaction, known, cancellationToken);
        var rows = await MessageRows.LockAsync(
            transaction,
            batch.Concat(early).Select(entry => entry.Key.Id).OfType<Guid>().ToArray(),
            batch.Where(entry => entry.Key.Id is null).SelectMany(entry => entry.Key.ProviderMessageIds).ToArray(),
            cancellationToken);
        var changes = rows.ToDictionary(row => row.Id, MessageRows.Change.Begin);
        var byProviderId = rows
            .SelectMany(
                row => new[] { row.ProviderMessageId, row.AlternativeMessageId }, (row, id) => (Id: id, Row: row))
            .Where(known => known.Id is not null)
            .ToLookup(known => known.Id!, known => known.Row, StringComparer.Ordinal);

        var changed = new HashSet<Guid>();
        var news = new List<Entry>();
        var unknown = new List<Entry>();
        foreach (var entry in EarlyStatuses.MeetAcceptances(batch).Concat(early))
        {
            var row = entry.Key.Id is { } id
                ? changes.GetValueOrDefault(id)?.Message
                : entry.Key.ProviderMessageIds.SelectMany(name => byProviderId[name]).FirstOrDefault();
            if (row is null)
            {
                unknown.Add(entry);
            }
            else if (row.Apply(entry.Report))
            {
                changed.Add(row.Id);
                news.Add(entry);
            }
        }

        await MessageRows.SaveAsync(transaction, [.. changed.Select(id => changes[id])], cancellationToken);
        await SenderDay.GiveBackAsync(
            transaction, senders,
            [.. news.Where(entry => entry.Report is MessageReport.Returned).Select(entry => entry.Key.Id!.Value)],
            cancellationToken);
        var kept = await EarlyStatuses.KeepAsync(transaction, unknown, cancellationToken);
        await Consequences.DrawAsync(transaction, news, changes, senders.Main, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        // There is room for an order, or something is due; most reports are neither.
        if (changed.Any(id => changes[id].Was is MessageStatus.Queued || changes[id].Message.Waits))
        {
            dispatcher.Wake();
        }

        return kept;
    }

    /// <summary>One report on its way into the book.</summary>
    internal sealed record Entry(MessageKey Key, MessageReport Report);
}

/// <summary>Our id, or where it is not known the provider's, of which there may be two.</summary>
internal readonly record struct MessageKey(Guid? Id, string? ProviderMessageId, string? AlternativeId = null)
{
    public IEnumerable<string> ProviderMessageIds => new[] { ProviderMessageId, AlternativeId }.OfType<string>();

    public static implicit operator MessageKey(Guid id) => new(id, null);
}
