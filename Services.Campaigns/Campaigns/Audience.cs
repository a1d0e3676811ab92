using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Who gets the campaign: exactly one of the first three is set, and some of them may be left out.</summary>
internal sealed record Audience
{
    private const int MostContacts = 100_000;

    public bool? All { get; init; }

    /// <summary>Contacts with at least one of these tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<Guid>? ContactIds { get; init; }

    public AudienceExclusion? Exclude { get; init; }

    /// <summary>Tells <paramref name="form"/> what is wrong with it.</summary>
    public static async Task CheckAsync(
        Audience? audience, FormReader form, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var given = (audience?.All is not null ? 1 : 0) + (audience?.Tags is not null ? 1 : 0)
            + (audience?.ContactIds is not null ? 1 : 0);
        if (given != 1 || audience!.All is false)
        {
            form.Refuse(
                "audience",
                new Remedy(
                    """audience is one of { "all": true }, { "tags": ["…"] } and { "contactIds": ["…"] }.""",
                    "Choisissez tout le monde, des étiquettes ou des contacts."));
            return;
        }

        CheckTags(audience.Tags, "audience.tags", form);
        CheckTags(audience.Exclude?.Tags, "audience.exclude.tags", form);
        await CheckContactsAsync(audience.ContactIds, "audience.contactIds", form, db, cancellationToken);
        // Whoever is to be left out may have been erased since.
        CheckCount(audience.Exclude?.ContactIds, "audience.exclude.contactIds", form);
    }

    private static void CheckTags(IReadOnlyList<string>? tags, string field, FormReader form)
    {
        if (tags is not null && (tags.Count == 0 || tags.Any(string.IsNullOrWhiteSpace)))
        {
            form.Refuse(field, new Remedy(
                $"{field} names at least one tag, and none is empty.",
                "Choisissez au moins une étiquette ; aucune ne peut être vide."));
        }
        else if (tags?.Any(tag => tag.Any(char.IsControl)) is true)
        {
            form.Refuse(field, new Remedy(
                $"{field} holds a control character: remove it.", "Il y a un caractère de contrôle : retirez-le."));
        }
    }

    private static bool CheckCount(IReadOnlyList<Guid>? ids, string field, FormReader form)
    {
        if (ids?.Count is 0 or > MostContacts)
        {
            form.Refuse(field, new Remedy(
                $"{field} names 1 to {MostContacts} contacts: use tags for more.",
                $"Choisissez de 1 à {MostContacts} contacts ; au-delà, utilisez des étiquettes."));
            return false;
        }

        return ids is not null;
    }

    private static async Task CheckContactsAsync(
        IReadOnlyList<Guid>? ids, string field, FormReader form, CampaignsDbContext db,
        CancellationToken cancellationToken)
    {
        if (CheckCount(ids, field, form)
            && ids!.Except(await db.Contacts.Where(c => ids!.Contains(c.Id)).Select(c => c.Id)
                .ToListAsync(cancellationToken)).ToList() is { Count: > 0 } unknown)
        {
            form.Refuse(field, new Remedy(
                $"There is no contact with the id {string.Join(", ", unknown.Take(10))}.",
                $"Des contacts choisis n’existent plus ({unknown.Count}) : retirez-les."));
        }
    }
}

/// <summary>Who is left out, although the audience names them.</summary>
internal sealed record AudienceExclusion
{
    /// <summary>Contacts with at least one of these tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<Guid>? ContactIds { get; init; }
}
