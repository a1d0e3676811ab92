using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class CreateContact
{
    public static async Task<Results<Created<ContactAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        ContactForm request, MadeId id, Caller caller, CampaignsDbContext db, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (id.MayExist && await db.Contacts.FindAsync([id.Value], cancellationToken) is { } made)
        {
            return Answer(made, now);
        }

        if (!request.TryRead(out var details, out var form))
        {
            return form.Problem;
        }

        var contact = Contact.Create(details, now, id.Value);
        await KeptOptOuts.RecallAsync(contact, db, cancellationToken);
        db.Contacts.Add(contact);
        db.Activity.Add(ActivityEntry.Of(caller, "contact.created", contact.Id, null, now));
        return await TrySaveAsync(db, contact, cancellationToken) is { } conflict
            ? conflict
            : Answer(contact, now);
    }

    private static Created<ContactAnswer> Answer(Contact contact, DateTimeOffset now) =>
        TypedResults.Created($"/api/contacts/{contact.Id}", ContactAnswer.Of(contact, now));

    /// <summary>Null if saved, an answer if another contact has the number; the index decides, in a race too.</summary>
    internal static async Task<ProblemHttpResult?> TrySaveAsync(
        CampaignsDbContext db, Contact contact, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            var other = await db.Contacts.AsNoTracking().Where(c => c.Phone == contact.Phone)
                .Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancellationToken);
            return Problems.Conflict(new Remedy(
                $"A contact with this number exists: change that one ({other}) instead.",
                "Un contact a déjà ce numéro : modifiez-le plutôt."));
        }
    }
}
