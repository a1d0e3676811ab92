using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class UpdateTemplate
{
    public static async Task<Results<Ok<TemplateAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, TemplateForm request, Caller caller, CampaignsDbContext db, IOptions<SandboxOptions> sandbox,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!request.TryRead(sandbox.Value.Provider, out var details, out var form))
        {
            return form.Problem;
        }

        if (await db.Templates.FindAsync([id], cancellationToken) is not { } template)
        {
            return Problems.NotFound("template", id);
        }

        var campaign = await db.CampaignsWith(id)
            .Where(c => c.Status == CampaignStatus.Scheduled
                || c.Status == CampaignStatus.Running || c.Status == CampaignStatus.Paused)
            .OrderBy(c => c.Id).Select(c => c.Name).FirstOrDefaultAsync(cancellationToken);
        if (campaign is not null)
        {
            return Problems.Conflict(new Remedy(
                $"The campaign “{campaign}” is using this template: change it once that is over, or create another one.",
                $"La campagne « {campaign} » utilise ce modèle : modifiez-le quand elle sera terminée, ou créez-en un "
                + "autre."));
        }

        var now = clock.GetUtcNow();
        template.Change(details, now);
        db.Activity.Add(ActivityEntry.Of(caller, "template.changed", id, template.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(TemplateAnswer.Of(template));
    }
}
