using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A new draft with the same content and audience, to be sent when somebody launches it.</summary>
internal static class DuplicateCampaign
{
    public static async Task<Results<Created<CampaignAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, MadeId copyId, HttpRequest request, Caller caller, CampaignsDbContext db, Senders senders,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (copyId.MayExist && await db.Campaigns.FindAsync([copyId.Value], cancellationToken) is { } made)
        {
            return CreateCampaign.Answer(made);
        }

        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var now = clock.GetUtcNow();
        var suffix = request.Language() == "fr" ? " (copie)" : " (copy)";
        var name = campaign.Name[..Math.Min(campaign.Name.Length, CampaignForm.LongestName - suffix.Length)] + suffix;
        var copy = Campaign.Create(
            new(
                name, campaign.TemplateId, campaign.Variables, campaign.Message2Body, campaign.Message2WithinHours,
                campaign.Audience.SegmentId is null ? campaign.Audience : campaign.Audience with { Where = null },
                StartAt: null, campaign.QuietHours, campaign.PauseAtFailureShare,
                campaign.Fallbacks, senders.Other(campaign.Sender),
                campaign.Variants.ConvertAll(variant => variant with { Content = null })),
            now, copyId.Value);
        db.Campaigns.Add(copy);
        db.Activity.Add(ActivityEntry.Of(caller, "campaign.duplicated", copy.Id, copy.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return CreateCampaign.Answer(copy);
    }
}
