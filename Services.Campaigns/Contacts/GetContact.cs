using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetContact
{
    public static async Task<Results<Ok<ContactAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken) =>
        await db.Contacts.FindAsync([id], cancellationToken) is { } contact
            ? TypedResults.Ok(ContactAnswer.Of(contact, clock.GetUtcNow()))
            : Problems.NotFound("contact", id);
}
