using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

internal static class CreateCampaign
{
    public static async Task<Results<Created<CampaignAnswer>, ValidationProblem>> HandleAsync(
        CampaignForm request, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (details, form) = await request.ReadAsync(db, cancellationToken);
        if (details is null)
        {
            return form.Problem;
        }

        var campaign = Campaign.Create(details, clock.GetUtcNow());
        db.Campaigns.Add(campaign);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/campaigns/{campaign.Id}", CampaignAnswer.Of(campaign));
    }
}
