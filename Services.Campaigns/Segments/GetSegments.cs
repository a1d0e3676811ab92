using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetSegments
{
    public static async Task<Results<Ok<Page<SegmentAnswer>>, ValidationProblem>> ListAsync(
        int? limit, string? cursor, CampaignsDbContext db, CancellationToken cancellationToken) =>
        PageRequest.Read(limit, cursor, out var page) is { } problem
            ? problem
            : TypedResults.Ok(await db.Segments.ToPageAsync(page, s => s.Id, SegmentAnswer.Of, cancellationToken));

    public static async Task<Results<Ok<SegmentAnswer>, ProblemHttpResult>> OneAsync(
        Guid id, CampaignsDbContext db, CancellationToken cancellationToken) =>
        await db.Segments.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } segment
            ? TypedResults.Ok(SegmentAnswer.Of(segment))
            : Problems.NotFound("segment", id);
}
