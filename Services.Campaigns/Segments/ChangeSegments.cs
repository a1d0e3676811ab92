using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A segment can change or go at any time: a campaign takes its condition along when it is launched.</summary>
internal static class ChangeSegments
{
    public static async Task<Results<Created<SegmentAnswer>, ValidationProblem>> CreateAsync(
        SegmentForm request, MadeId id, Caller caller, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (id.MayExist && await db.Segments.FindAsync([id.Value], cancellationToken) is { } made)
        {
            return Answer(made);
        }

        var form = await request.CheckAsync(db, cancellationToken);
        if (!form.IsValid)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var segment = new Segment
        {
            Id = id.Value,
            Name = request.Name!.Trim().Normalize(),
            Where = request.Where!,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Segments.Add(segment);
        db.Activity.Add(ActivityEntry.Of(caller, "segment.created", segment.Id, segment.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return Answer(segment);
    }

    public static async Task<Results<Ok<SegmentAnswer>, ValidationProblem, ProblemHttpResult>> UpdateAsync(
        Guid id, SegmentForm request, Caller caller, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var form = await request.CheckAsync(db, cancellationToken);
        if (!form.IsValid)
        {
            return form.Problem;
        }

        if (await db.Segments.FindAsync([id], cancellationToken) is not { } segment)
        {
            return Problems.NotFound("segment", id);
        }

        var now = clock.GetUtcNow();
        (segment.Name, segment.Where, segment.UpdatedAt) = (request.Name!.Trim().Normalize(), request.Where!, now);
        db.Activity.Add(ActivityEntry.Of(caller, "segment.changed", id, segment.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(SegmentAnswer.Of(segment));
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, Caller caller, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Segments.FindAsync([id], cancellationToken) is not { } segment)
        {
            return Problems.NotFound("segment", id);
        }

        db.Segments.Remove(segment);
        db.Activity.Add(ActivityEntry.Of(caller, "segment.deleted", id, segment.Name, clock.GetUtcNow()));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static Created<SegmentAnswer> Answer(Segment segment) =>
        TypedResults.Created($"/api/segments/{segment.Id}", SegmentAnswer.Of(segment));
}
