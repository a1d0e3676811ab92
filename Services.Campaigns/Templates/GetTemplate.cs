using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetTemplate
{
    public static async Task<Results<Ok<TemplateAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignsDbContext db, CancellationToken cancellationToken) =>
        await db.Templates.FindAsync([id], cancellationToken) is { } template
            ? TypedResults.Ok(TemplateAnswer.Of(template))
            : Problems.NotFound("template", id);
}
