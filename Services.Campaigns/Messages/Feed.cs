using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Decides what goes next, for each sender by itself: replies and tests ahead of all bulk messages, then the running
/// campaigns in turn. Only one process feeds at a time; what it decides is committed before it is published.
/// </summary>
internal sealed class Feed(NpgsqlDataSource database, Senders senders, TimeProvider clock)
{
    /// <summary>Taken while feeding, and by whoever pauses or cancels: after that nothing new is fed.</summary>
    public const string Lock = "select pg_advisory_xact_lock(hashtext('feed'))";

    private const string TryLock = "select pg_try_advisory_xact_lock(hashtext('feed'))";

    /// <summary>How long after its end an unanswered order is given up as lost on the way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>The orders to publish now; their rows say that they are out.</summary>
    public async Task<List<Order>> NextAsync(CancellationToken cancellationToken)
    {
        var orders = new List<Order>();
        while (await FillAsync(orders, cancellationToken))
        {
        }

        return orders;
    }

    /// <summary>One transaction; true if messages were skipped, so that there is room for others.</summary>
    private async Task<bool> FillAsync(List<Order> orders, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await transaction.ScalarAsync<bool>(TryLock, cancellationToken))
        {
            return false;
        }

        var shares = senders.Shares.ToList();
        var lost = await DueMessage.PickLostAsync(
            transaction, now - Grace, shares.Sum(share => share.Pace.Window), cancellationToken);
        var due = new List<DueMessage>();
        foreach (var share in shares)
        {
            var left = await SenderDay.LeftAsync(
                transaction, senders, share.Sender ?? senders.Main, now, cancellationToken);
            due.AddRange(await DueMessage.PickDueAsync(transaction, now, share, left, cancellationToken));
        }

        var changes = lost.Concat(due).Select(picked => MessageRows.Change.Begin(picked.Message)).ToList();
        lost.ForEach(picked => picked.Message.ExpiresAt = EndOf(picked)); // the same attempt once more
        due.ForEach(picked => picked.Message.Apply(picked.ReasonToSkip(now) is { } reason
            ? new MessageReport.Skipped(reason, now)
            : new MessageReport.Queued(EndOf(picked), now)));
        await MessageRows.SaveAsync(transaction, changes, cancellationToken);
        await SenderDay.CountAsync(
            transaction, senders,
            due.Where(picked => picked.Message.Status is MessageStatus.Queued)
                .Select(picked => senders.NumberOf(picked.Sender)),
            now, cancellationToken);
        // The turn of a campaign that somebody holds (its audience grows, say) is not noted: a wait for it here, with
        // the counters locked, could be one in a circle.
        await transaction.ExecuteAsync("""
            update campaigns set last_fed_at = $1
            where id in (select id from campaigns where id = any($2) for no key update skip locked)
            """, cancellationToken,
            now, due.Select(picked => picked.Message.CampaignId).OfType<Guid>().Distinct().ToArray());
        await transaction.CommitAsync(cancellationToken);

        orders.AddRange(lost.Concat(due).Where(picked => picked.Message.Status is MessageStatus.Queued)
            .Select(picked => picked.ToOrder(senders.Main, picked.MayOnlyAsk ? now : EndOf(picked))));
        return due.Exists(picked => picked.Message.Status is MessageStatus.Skipped);

        DateTimeOffset EndOf(DueMessage picked) => now + senders.PaceOf(picked.Sender).OrderLifetime;
    }
}
