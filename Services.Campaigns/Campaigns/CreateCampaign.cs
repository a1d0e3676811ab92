using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class CreateCampaign
{
    public static async Task<Results<Created<CampaignAnswer>, ValidationProblem>> HandleAsync(
        CampaignForm request, MadeId id, Caller caller, CampaignsDbContext db, Senders senders,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (id.MayExist && await db.Campaigns.FindAsync([id.Value], cancellationToken) is { } made)
        {
            return Answer(made);
        }

        var (details, form) = await request.ReadAsync(db, senders, cancellationToken);
        if (details is null)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var campaign = Campaign.Create(details, now, id.Value);
        db.Campaigns.Add(campaign);
        db.Activity.Add(ActivityEntry.Of(caller, "campaign.created", campaign.Id, campaign.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return Answer(campaign);
    }

    internal static Created<CampaignAnswer> Answer(Campaign campaign) =>
        TypedResults.Created($"/api/campaigns/{campaign.Id}", CampaignAnswer.Of(campaign));
}
