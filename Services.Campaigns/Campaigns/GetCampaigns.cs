using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetCampaigns
{
    public static async Task<Results<Ok<CampaignAnswer>, ProblemHttpResult>> OneAsync(
        Guid id, CampaignsDbContext db, CancellationToken cancellationToken) =>
        await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is { } campaign
            ? TypedResults.Ok(CampaignAnswer.Of(campaign))
            : Problems.NotFound("campaign", id);

    public static async Task<Results<Ok<Page<CampaignAnswer>>, ValidationProblem>> ListAsync(
        CampaignStatus? status, string? search, int? limit, string? cursor, CampaignsDbContext db,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var campaigns = status is { } wanted ? db.Campaigns.Where(c => c.Status == wanted) : db.Campaigns;
        campaigns = string.IsNullOrWhiteSpace(search) ? campaigns
            : campaigns.Where(c => EF.Functions.ILike(c.Name, "%" + search.Trim().Replace("%", "\\%") + "%"));
        return TypedResults.Ok(await campaigns.ToPageAsync(page, c => c.Id, CampaignAnswer.Of, cancellationToken));
    }
}
