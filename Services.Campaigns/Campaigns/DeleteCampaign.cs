using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class DeleteCampaign
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Caller caller, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken) is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        if (campaign.Status != CampaignStatus.Draft)
        {
            return campaign.Refusal("deleted");
        }

        db.Campaigns.Remove(campaign);
        db.Activity.Add(ActivityEntry.Of(caller, "campaign.deleted", id, campaign.Name, clock.GetUtcNow()));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
