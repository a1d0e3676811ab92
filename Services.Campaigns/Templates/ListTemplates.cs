using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

internal static class ListTemplates
{
    public static async Task<Results<Ok<Page<TemplateAnswer>>, ValidationProblem>> HandleAsync(
        int? limit, string? cursor, CampaignsDbContext db, CancellationToken cancellationToken) =>
        PageRequest.Read(limit, cursor, out var page) is { } problem
            ? problem
            : TypedResults.Ok(await db.Templates.ToPageAsync(page, t => t.Id, TemplateAnswer.Of, cancellationToken));
}
