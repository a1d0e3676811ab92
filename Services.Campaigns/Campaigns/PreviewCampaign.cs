using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What a launch would do now. Nothing is sent.</summary>
internal static class PreviewCampaign
{
    public static async Task<Results<Ok<PreviewAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignsDbContext db, AudiencePreview preview, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var templates = await Wordings.TemplatesAsync(campaign, db, cancellationToken);
        if (await Wordings.ReadAsync(campaign, db, cancellationToken) is not { } words)
        {
            return Campaign.TemplateGone;
        }

        var answer = await preview.ReadAsync(
            await campaign.Audience.ResolveAsync(db, cancellationToken) ?? campaign.Audience, words, campaign,
            cancellationToken);
        return TypedResults.Ok(answer with
        {
            TemplateApproval = templates?.Values
                .OrderByDescending(template => template.IsBarred)
                .ThenBy(template => template.Approval is null or "approved")
                .First().Approval,
        });
    }
}
