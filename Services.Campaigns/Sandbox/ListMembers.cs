using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>Who has joined the Sandbox, those first whose membership ends first.</summary>
internal static class ListMembers
{
    private static readonly ContactFilter Joined = new(null, null, SandboxState.Joined, null, null);

    public static async Task<Results<Ok<Page<ContactAnswer>>, ValidationProblem>> HandleAsync(
        int? limit, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, null, out var page) is { } problem)
        {
            return problem;
        }

        var now = clock.GetUtcNow();
        var total = await Joined.CountAsync(db, now, cancellationToken);
        var members = await Joined.Apply(db, now).OrderBy(c => c.JoinedAt).ThenBy(c => c.Id).Take(page.Limit)
            .AsNoTracking().ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<ContactAnswer>(
            [.. members.Select(member => ContactAnswer.Of(member, now))], null,
            Math.Min(total, ContactFilter.MostCounted))
        {
            TotalIsAtLeast = total > ContactFilter.MostCounted,
        });
    }
}
