using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class UpdateCampaign
{
    public static async Task<Results<Ok<CampaignAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignForm request, Caller caller, CampaignsDbContext db, Senders senders,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken) is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var (details, form) = await request.ReadAsync(db, senders, cancellationToken);
        if (details is null)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        if (!campaign.TryChange(details, now))
        {
            return campaign.Refusal("changed");
        }

        db.Activity.Add(ActivityEntry.Of(caller, "campaign.changed", id, campaign.Name, now));

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(CampaignAnswer.Of(campaign));
    }
}
