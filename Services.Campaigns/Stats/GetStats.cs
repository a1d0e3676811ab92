using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetStats
{
    public static async Task<Results<Ok<CampaignStats>, ProblemHttpResult>> HandleAsync(
        Guid id, StatsReader stats, CancellationToken cancellationToken) =>
        await stats.ReadAsync(id, cancellationToken) is { } answer
            ? TypedResults.Ok(answer)
            : Problems.NotFound("campaign", id);
}
