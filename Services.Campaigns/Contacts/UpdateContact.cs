using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Replaces what people entered; a field left out becomes empty.</summary>
internal static class UpdateContact
{
    public static async Task<Results<Ok<ContactAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, ContactForm request, Caller caller, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!request.TryRead(out var details, out var form))
        {
            return form.Problem;
        }

        if (await db.Contacts.FindAsync([id], cancellationToken) is not { } contact)
        {
            return Problems.NotFound("contact", id);
        }

        var now = clock.GetUtcNow();
        contact.Change(details, now);
        await KeptOptOuts.RecallAsync(contact, db, cancellationToken);
        db.Activity.Add(ActivityEntry.Of(caller, "contact.changed", id, null, now));
        return await CreateContact.TrySaveAsync(db, contact, cancellationToken) is { } conflict
            ? conflict
            : TypedResults.Ok(ContactAnswer.Of(contact, now));
    }
}
