using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
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
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (contact.Phone != details.Phone.Value)
        {
            var locked = (NpgsqlTransaction)transaction.GetDbTransaction();
            await locked.ExecuteAsync("select from contacts where id = $1 for update", cancellationToken, id);
            await KeptOptOuts.KeepAsync(locked, id, cancellationToken); // a STOP that comes now is the new number's
        }

        contact.Change(details, now);
        await KeptOptOuts.RecallAsync(contact, db, cancellationToken);
        db.Activity.Add(ActivityEntry.Of(caller, "contact.changed", id, null, now));
        if (await CreateContact.TrySaveAsync(db, contact, cancellationToken) is { } conflict)
        {
            return conflict;
        }

        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(ContactAnswer.Of(contact, now));
    }
}
