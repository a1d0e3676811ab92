using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Wants a check of the books; the report tells when it is done.</summary>
internal static class CheckBooks
{
    public static async Task<Results<Accepted, ProblemHttpResult>> HandleAsync(
        Guid? campaignId, BookStore store, BookKeeper keeper, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (campaignId is { } id && !await db.Campaigns.AnyAsync(c => c.Id == id, cancellationToken))
        {
            return Problems.NotFound("campaign", id);
        }

        await store.WishAsync(campaignId, clock.GetUtcNow(), cancellationToken);
        keeper.Wake();
        return TypedResults.Accepted($"/api/stats/books{(campaignId is null ? "" : $"?campaignId={campaignId}")}");
    }
}
