using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

internal static class CreateTemplate
{
    public static async Task<Results<Created<TemplateAnswer>, ValidationProblem>> HandleAsync(
        TemplateForm request, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!request.TryRead(out var details, out var form))
        {
            return form.Problem;
        }

        var template = Template.Create(details, clock.GetUtcNow());
        db.Templates.Add(template);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/templates/{template.Id}", TemplateAnswer.Of(template));
    }
}
