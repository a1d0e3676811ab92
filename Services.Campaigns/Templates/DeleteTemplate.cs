using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class DeleteTemplate
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, Caller caller, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Templates.FindAsync([id], cancellationToken) is not { } template)
        {
            return Problems.NotFound("template", id);
        }

        // A draft needs it too: without it, it could never be launched.
        var campaign = await db.CampaignsWith(id)
            .Where(c => c.Status != CampaignStatus.Completed && c.Status != CampaignStatus.Cancelled)
            .OrderBy(c => c.Id).Select(c => new { c.Name, c.Status }).FirstOrDefaultAsync(cancellationToken);
        if (campaign is not null)
        {
            return Problems.Conflict(campaign.Status == CampaignStatus.Draft
                ? new Remedy(
                    $"The draft “{campaign.Name}” uses this template: choose another one there or delete the draft first.",
                    $"Le brouillon « {campaign.Name} » utilise ce modèle : choisissez-y un autre modèle, ou supprimez "
                    + "d’abord le brouillon.")
                : new Remedy(
                    $"The campaign “{campaign.Name}” is using this template: delete it once that is over.",
                    $"La campagne « {campaign.Name} » utilise ce modèle : supprimez-le quand elle sera terminée."));
        }

        var now = clock.GetUtcNow();
        template.Delete(now);
        db.Activity.Add(ActivityEntry.Of(caller, "template.deleted", id, template.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
