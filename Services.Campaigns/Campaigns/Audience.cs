using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Who gets the campaign: exactly one of the first five is set, and some of them may be left out.</summary>
internal sealed record Audience
{
    private const int MostContacts = 100_000; // the gateway lets 10 MB of a campaign pass, which is room for them

    public bool? All { get; init; }

    /// <summary>Contacts with at least one of these tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<Guid>? ContactIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Condition? Where { get; init; }

    /// <summary>A saved condition. A launch adds what it says then as <see cref="Where"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? SegmentId { get; init; }

    public AudienceExclusion? Exclude { get; init; }

    /// <summary>With what its segment says now; null if that has been deleted.</summary>
    public async Task<Audience?> ResolveAsync(CampaignsDbContext db, CancellationToken cancellationToken) =>
        SegmentId is not { } id ? this
            : await db.Segments.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } segment
                ? this with { Where = segment.Where }
                : null;

    /// <summary>Tells <paramref name="form"/> what is wrong with it.</summary>
    public static async Task CheckAsync(
        Audience? audience, FormReader form, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var given = (audience?.All is not null ? 1 : 0) + (audience?.Tags is not null ? 1 : 0)
            + (audience?.ContactIds is not null ? 1 : 0) + (audience?.Where is not null ? 1 : 0)
            + (audience?.SegmentId is not null ? 1 : 0);
        if (given != 1 || audience!.All is false)
        {
            form.Refuse(
                "audience",
                new Remedy(
                    """audience is one of { "all": true }, { "tags": ["…"] }, { "contactIds": ["…"] }, """
                    + """{ "where": {…} } and { "segmentId": "…" }.""",
                    "Choisissez tout le monde, des étiquettes, des contacts ou un segment."));
            return;
        }

        CheckTags(audience.Tags, "audience.tags", form);
        CheckTags(audience.Exclude?.Tags, "audience.exclude.tags", form);
        await CheckContactsAsync(audience.ContactIds, "audience.contactIds", form, db, cancellationToken);
        if (audience.Where is not null)
        {
            await Condition.CheckAsync(audience.Where, "audience.where", form, db, cancellationToken);
        }

        if (await audience.ResolveAsync(db, cancellationToken) is null)
        {
            form.Refuse("audience.segmentId", new Remedy(
                $"There is no segment with the id {audience.SegmentId}.",
                "Ce segment n’existe pas ou plus : choisissez-en un autre."));
        }

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
                $"{field} names 1 to {MostContacts} contacts: use tags or a segment for more.",
                $"Choisissez de 1 à {MostContacts} contacts ; au-delà, utilisez des étiquettes ou un segment."));
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
