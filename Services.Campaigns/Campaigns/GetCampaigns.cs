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
        string? status, string? search, int? limit, string? cursor, CampaignsDbContext db,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var text = form.Optional("search", search, 100);
        var wanted = form.Choice<CampaignStatus>("status", status);
        if (!form.IsValid)
        {
            return form.Problem;
        }

        // fold() is in 0002_contacts.sql.
        var campaigns = text is null ? db.Campaigns
            : db.Campaigns.FromSql($"select * from campaigns where strpos(fold(name), fold({text})) > 0");
        campaigns = wanted is null ? campaigns : campaigns.Where(c => c.Status == wanted);
        return TypedResults.Ok(await campaigns.ToPageAsync(page, c => c.Id, CampaignAnswer.Of, cancellationToken));
    }
}
