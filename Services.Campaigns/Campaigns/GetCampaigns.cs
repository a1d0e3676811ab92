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

    /// <param name="include">stats: each with its statistics.</param>
    public static async Task<Results<Ok<Page<CampaignAnswer>>, ValidationProblem>> ListAsync(
        string? status, string? search, string? include, int? limit, string? cursor, CampaignsDbContext db,
        StatsReader stats, CancellationToken cancellationToken)
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

        var campaigns = Found(db, text);
        campaigns = wanted is null ? campaigns : campaigns.Where(c => c.Status == wanted);
        if (include is not "stats")
        {
            return TypedResults.Ok(await campaigns.ToPageAsync(page, c => c.Id, CampaignAnswer.Of, cancellationToken));
        }

        var found = await campaigns.ToPageAsync(page, c => c.Id, c => c, cancellationToken);
        var numbers = await stats.ReadAsync(found.Items, cancellationToken);
        return TypedResults.Ok(new Page<CampaignAnswer>(
            [.. found.Items.Select(c => CampaignAnswer.Of(c) with { Stats = numbers[c.Id] })], found.NextCursor,
            found.Total));
    }

    /// <summary>How many campaigns there are in each state.</summary>
    public static async Task<Results<Ok<CampaignCounts>, ValidationProblem>> CountAsync(
        string? search, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        var text = form.Optional("search", search, 100);
        if (!form.IsValid)
        {
            return form.Problem;
        }

        var counts = await Found(db, text).GroupBy(c => c.Status).Select(group => new { group.Key, N = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.N, cancellationToken);
        return TypedResults.Ok(new CampaignCounts(
            counts.Values.Sum(), Of(CampaignStatus.Draft), Of(CampaignStatus.Scheduled), Of(CampaignStatus.Running),
            Of(CampaignStatus.Paused), Of(CampaignStatus.Completed), Of(CampaignStatus.Cancelled)));

        int Of(CampaignStatus status) => counts.GetValueOrDefault(status);
    }

    // fold() is in 0002_contacts.sql.
    private static IQueryable<Campaign> Found(CampaignsDbContext db, string? text) => text is null ? db.Campaigns
        : db.Campaigns.FromSql($"select * from campaigns where strpos(fold(name), fold({text})) > 0");
}

internal sealed record CampaignCounts(
    int All, int Draft, int Scheduled, int Running, int Paused, int Completed, int Cancelled);
