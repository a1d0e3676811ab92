using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

internal static class CreateCampaign
{
    public static async Task<Results<Created<CampaignAnswer>, ValidationProblem>> HandleAsync(
        CampaignForm request, Caller caller, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (details, form) = await request.ReadAsync(db, cancellationToken);
        if (details is null)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var campaign = Campaign.Create(details, now);
        db.Campaigns.Add(campaign);
        db.Activity.Add(ActivityEntry.Of(caller, "campaign.created", campaign.Id, campaign.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/campaigns/{campaign.Id}", CampaignAnswer.Of(campaign));
    }
}
