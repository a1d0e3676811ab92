using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

internal static class ListContacts
{
    // search: part of a name, without regard to case and accents, or of a number in any spelling.
    public static async Task<Results<Ok<Page<ContactAnswer>>, ValidationProblem>> HandleAsync(
        string? search, string? tag, string? sandbox, bool? optedOut, Guid? segmentId, int? limit, string? cursor,
        CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var now = clock.GetUtcNow();
        if (await ContactFilter.ReadAsync(
            search, tag, sandbox, optedOut, segmentId, form, db, cancellationToken) is not { } filter)
        {
            return form.Problem;
        }

        var total = await filter.CountAsync(db, now, cancellationToken);
        var isAtLeast = !filter.IsEmpty && total > ContactFilter.MostCounted;
        var found = await filter.Apply(db, now).ToPageAsync(
            isAtLeast ? ContactFilter.MostCounted : total, page, c => c.Id, c => ContactAnswer.Of(c, now),
            cancellationToken);
        return TypedResults.Ok(found with { TotalIsAtLeast = isAtLeast });
    }
}
