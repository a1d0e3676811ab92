using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Another try of what has failed, with three automatic retries of its own.</summary>
internal static class RetryMessages
{
    private const int Chunk = 1000;

    public static async Task<Results<Accepted, ProblemHttpResult>> OneAsync(
        Guid id, Caller caller, NpgsqlDataSource database, MessageDispatcher dispatcher, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if ((await MessageRows.LockAsync(transaction, [id], [], cancellationToken)).SingleOrDefault()
            is not { } message)
        {
            return Problems.NotFound("message", id);
        }

        if (message.Phone.Length == 0)
        {
            return Problems.Conflict(new Remedy(
                "The person has been erased: there is nobody to send it to.",
                "Les données de la personne ont été effacées : il n’y a plus de destinataire."));
        }

        if (message.Status is MessageStatus.Failed && await transaction.ScalarAsync<bool>(
            "select text is null and variables is null from messages where id = $1", cancellationToken, id))
        {
            return Problems.Conflict(new Remedy(
                "Its words have been forgotten, as they were old: write to the person anew.",
                "Son texte, trop ancien, a été effacé : écrivez de nouveau à la personne."));
        }

        if (await transaction.ScalarAsync<string>(
            "select status from campaigns where id = $1", cancellationToken, message.CampaignId) is "cancelled")
        {
            return Problems.Conflict(new Remedy(
                "The campaign has been cancelled: nothing of it is sent any more.",
                "La campagne a été annulée : plus rien n’en est envoyé."));
        }

        var (status, now) = (message.Status, clock.GetUtcNow());
        if (await RetryAsync(transaction, [message], now, cancellationToken) == 0)
        {
            return Problems.Conflict(new Remedy(
                $"Only a failed message can be retried; this one is {status.ToString().ToLowerInvariant()}.",
                "Seul un message en échec peut être renvoyé."));
        }

        var entry = message.CampaignId is not { } campaign
            ? ActivityEntry.Of(caller, "message.retried", message.ContactId, null, now)
            : ActivityEntry.Of(caller, "campaign.messageRetried", campaign, await transaction.ScalarAsync<string>(
                "select name from campaigns where id = $1", cancellationToken, campaign), now);
        await entry.WriteAsync(transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        dispatcher.Wake();
        return TypedResults.Accepted($"/api/messages/{id}");
    }

    /// <param name="code">Only what failed for this reason.</param>
    public static async Task<Results<Accepted<RetryFailedAnswer>, ProblemHttpResult>> FailedAsync(
        Guid id, string? code, Caller caller, CampaignsDbContext db, NpgsqlDataSource database,
        MessageDispatcher dispatcher, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        if (campaign.Status is CampaignStatus.Draft or CampaignStatus.Cancelled)
        {
            return campaign.Refusal("retried");
        }

        // Each message once: those that fail again meanwhile must not keep this going for ever.
        var (retried, last) = (0, Guid.Empty);
        List<CampaignMessage> failed;
        do
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            failed = await MessageRows.ReadAsync(transaction.Command($"""
                select {MessageRows.Columns} from messages m
                where m.campaign_id = $1 and m.status = 5 and m.kind <> 0 and m.contact_id is not null and m.id > $2
                    and (m.text is not null or m.variables is not null)
                    and ($3::text is null or m.error_code = $3::text)
                order by m.id limit {Chunk} for update
                """, id, last, string.IsNullOrEmpty(code) ? null : code), cancellationToken);
            var now = clock.GetUtcNow();
            retried += await RetryAsync(transaction, failed, now, cancellationToken);
            if (failed.Count < Chunk)
            {
                await ActivityEntry.Of(
                    caller, "campaign.retried", id, campaign.Name, now, new() { ["retried"] = $"{retried}" })
                    .WriteAsync(transaction, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            last = failed.LastOrDefault()?.Id ?? last;
        }
        while (failed.Count == Chunk);

        dispatcher.Wake();
        return TypedResults.Accepted($"/api/campaigns/{id}/stats", new RetryFailedAnswer(retried));
    }

    private static async Task<int> RetryAsync(
        NpgsqlTransaction transaction, IEnumerable<CampaignMessage> messages, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var changes = messages.Select(MessageRows.Change.Begin)
            .Where(change => change.Message.Apply(new MessageReport.RetryRequested(now))).ToList();
        await MessageRows.SaveAsync(transaction, changes, cancellationToken);
        return changes.Count;
    }
}

internal sealed record RetryFailedAnswer(int Retried);
