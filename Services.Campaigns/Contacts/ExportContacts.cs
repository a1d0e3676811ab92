using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>
/// The contacts as a file, which the import takes again. Read in portions, so that a slow client holds nothing open.
/// </summary>
internal static class ExportContacts
{
    private const int Portion = 5000;

    /// <summary>Nobody enters them: an import passes them over.</summary>
    public static readonly string[] Computed = ["sandbox", "lastWroteAt", "createdAt"];

    public static async Task<Results<CsvDownload, ValidationProblem>> HandleAsync(
        string? search, string? tag, string? sandbox, bool? optedOut, Guid? segmentId, Caller caller,
        CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        if (await ContactFilter.ReadAsync(
            search, tag, sandbox, optedOut, segmentId, form, db, cancellationToken) is not { } filter)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        // A file has one header: which columns there are has to be known before the first row.
        var attributes = await db.Database
            .SqlQuery<string>($"select distinct jsonb_object_keys(attributes) as \"Value\" from contacts order by 1")
            .ToListAsync(cancellationToken);
        // Not whom they looked for: that may be a name.
        db.Activity.Add(ActivityEntry.Of(caller, "contacts.exported", null, null, now));
        await db.SaveChangesAsync(cancellationToken);
        return new CsvDownload(
            $"contacts-{now:yyyy-MM-dd}.csv",
            [.. ImportFields.Single, .. Computed, .. attributes.Select(name => ImportFields.Attribute + name)],
            ReadAsync(filter, attributes, db, now, cancellationToken));
    }

    private static async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync(
        ContactFilter filter, List<string> attributes, CampaignsDbContext db, DateTimeOffset now,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = Guid.Empty;
        List<Contact> portion;
        do
        {
            portion = await filter.Apply(db, now).Where(c => c.Id > last).OrderBy(c => c.Id).Take(Portion)
                .AsNoTracking().ToListAsync(cancellationToken);
            foreach (var contact in portion)
            {
                yield return
                [
                    contact.Phone, contact.FirstName, contact.LastName, contact.Language,
                    string.Join(';', contact.Tags), contact.OptedOutAt is null ? "no" : "yes",
                    FormReader.NameOf(contact.MembershipAt(now).State), Instant(contact.LastInboundAt),
                    Instant(contact.CreatedAt),
                    .. attributes.Select(name => contact.Attributes.GetValueOrDefault(name)),
                ];
                last = contact.Id;
            }
        }
        while (portion.Count == Portion);
    }

    private static string? Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("O");
}
