using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>What people have done, newest first.</summary>
internal static class GetActivity
{
    /// <param name="action">campaign.launched, or all of a kind: campaign.</param>
    public static async Task<Results<Ok<Page<ActivityAnswer>>, ValidationProblem>> HandleAsync(
        string? action, string? userName, Guid? subjectId, int? limit, string? cursor, CampaignsDbContext db,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var (wanted, name) = (form.Optional("action", action, 100), form.Optional("userName", userName, 100));
        if (!form.IsValid)
        {
            return form.Problem;
        }

        IQueryable<ActivityEntry> entries = db.Activity;
        entries = wanted is null
            ? entries
            : entries.Where(e => e.Action == wanted || e.Action.StartsWith(wanted + "."));
        entries = name is null ? entries : entries.Where(e => e.UserName == name);
        entries = subjectId is null ? entries : entries.Where(e => e.SubjectId == subjectId);
        return TypedResults.Ok(await entries.ToPageAsync(page, e => e.Id, ActivityAnswer.Of, cancellationToken));
    }

    /// <summary>Everybody who has done something, to choose from.</summary>
    public static async Task<Ok<List<string>>> PeopleAsync(CampaignsDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(await db.Activity.Where(e => e.UserName != null).Select(e => e.UserName!).Distinct().Order()
            .ToListAsync(cancellationToken));

    public static void MapActivity(this IEndpointRouteBuilder app)
    {
        var activity = app.MapGroup("/api/activity").WithTags("Activity");
        activity.MapGet("", HandleAsync).WithSummary("Who did what, when, from where.");
        app.MapPost("/internal/activity", TakeNotes.HandleAsync).ExcludeFromDescription();
        activity.MapGet("/people", PeopleAsync).WithSummary("Who has done something.");
    }
}

/// <param name="UserName">Null if nobody was signed in.</param>
/// <param name="Address">From where, for half a year.</param>
/// <param name="Action">What was done to what: campaign.launched, contacts.imported …</param>
/// <param name="Subject">The subject's name at that time.</param>
internal sealed record ActivityAnswer(
    Guid Id, DateTimeOffset At, string? UserName, string? Address, string Action, Guid? SubjectId, string? Subject,
    IReadOnlyDictionary<string, string>? Details)
{
    public static ActivityAnswer Of(ActivityEntry entry) => new(
        entry.Id, entry.At, entry.UserName, entry.Address, entry.Action, entry.SubjectId, entry.Subject, entry.Details);
}
