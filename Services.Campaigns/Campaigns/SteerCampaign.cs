using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Pause, resume and cancel. After the answer to a pause or cancel at most one message of the sender still leaves.
/// </summary>
internal static class SteerCampaign
{
    public static Task<Results<Accepted<CampaignAnswer>, ProblemHttpResult>> PauseAsync(
        Guid id, Caller caller, Steering steering, CancellationToken cancellationToken) =>
        steering.MoveAsync(id, caller, (campaign, now) => campaign.TryPause(now), "paused", cancellationToken);

    public static Task<Results<Accepted<CampaignAnswer>, ProblemHttpResult>> ResumeAsync(
        Guid id, Caller caller, Steering steering, CancellationToken cancellationToken) =>
        steering.MoveAsync(id, caller, (campaign, now) => campaign.TryResume(now), "resumed", cancellationToken);

    public static Task<Results<Accepted<CampaignAnswer>, ProblemHttpResult>> CancelAsync(
        Guid id, Caller caller, Steering steering, CancellationToken cancellationToken) =>
        steering.MoveAsync(id, caller, (campaign, now) => campaign.TryCancel(now), "cancelled", cancellationToken);
}

/// <summary>The one way in which a person moves a running campaign.</summary>
internal sealed class Steering(
    CampaignsDbContext db, MessageDispatcher dispatcher, Senders senders, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public async Task<Results<Accepted<CampaignAnswer>, ProblemHttpResult>> MoveAsync(
        Guid id, Caller caller, Func<Campaign, DateTimeOffset, bool> move, string moved,
        CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync(Feed.Lock, cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken) is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var now = clock.GetUtcNow();
        if (!move(campaign, now))
        {
            return campaign.Refusal(moved);
        }

        db.Activity.Add(ActivityEntry.Of(caller, $"campaign.{moved}", id, campaign.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        await FailureWatch.ForgetAsync(db, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (campaign.Status is CampaignStatus.Paused or CampaignStatus.Cancelled)
        {
            await DrainAsync(id, now + senders.PaceOf(campaign.Sender).OrderLifetime, cancellationToken);
        }

        dispatcher.Wake();
        return TypedResults.Accepted($"/api/campaigns/{id}/stats", CampaignAnswer.Of(campaign));
    }

    /// <summary>
    /// Until at most one order is out, or those that are out are void. In strict mode that is so at once: the feed
    /// keeps one order out. In fast mode it takes about as long as what is under way.
    /// </summary>
    private async Task DrainAsync(Guid id, DateTimeOffset end, CancellationToken cancellationToken)
    {
        while (clock.GetUtcNow() < end
            && await db.Database.SqlQuery<int>($"""
                select count(*)::int as "Value" from messages where campaign_id = {id} and status = 2
                """).SingleAsync(cancellationToken) > 1)
        {
            await Task.Delay(Look, clock, cancellationToken);
        }
    }
}
