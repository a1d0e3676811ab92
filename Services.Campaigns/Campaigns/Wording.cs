using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>What is sent of a template; frozen at launch.</summary>
/// <param name="Language">The template's, which the provider asks for; null of what was launched long ago.</param>
internal sealed record TemplateContent(string ContentSid, string? Language, string Body)
{
    public static TemplateContent Of(Template template) => new(template.ContentSid, template.Language, template.Body);
}

/// <summary>Message 1 for the people of one language, beside the template for everybody.</summary>
/// <param name="Language">The people's, which need not be spelt as the template's.</param>
/// <param name="TemplateId">Whose text it is.</param>
/// <param name="Variables">What fills each variable of the template.</param>
/// <param name="Fallbacks">By variable, what stands there for whom it would be empty.</param>
/// <param name="Content">Null in a draft.</param>
internal sealed record Variant(
    string Language, Guid TemplateId, IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, string> Fallbacks, TemplateContent? Content = null)
{
    /// <summary>
    /// What is frozen of the variant that a row of <c>messages m</c> is, as SQL; null if it is none.
    /// </summary>
    /// <param name="campaign">The alias of <c>campaigns</c>.</param>
    /// <param name="field">One of <see cref="TemplateContent"/>.</param>
    public static string Frozen(string campaign, string field) =>
        $"{campaign}.variants -> m.variant -> 'content' ->> '{field}'";
}

/// <summary>What fills the variables of a template.</summary>
/// <param name="Variables">A pattern by variable.</param>
/// <param name="Fallbacks">By variable, what stands there for whom the pattern gives nothing.</param>
internal sealed record Filling(
    IReadOnlyDictionary<string, string> Variables, IReadOnlyDictionary<string, string> Fallbacks);

/// <summary>Message 1 in one language.</summary>
/// <param name="Language">Of the people who get it.</param>
/// <param name="Content">Null while no template is chosen.</param>
internal sealed record Wording(string Language, TemplateContent? Content, Filling Filling);

/// <summary>Message 1 in all its languages.</summary>
/// <param name="Main">For whose language there is no variant.</param>
internal sealed record Wordings(Wording Main, IReadOnlyList<Wording> Variants)
{
    /// <summary>Who gets which.</summary>
    public LanguageChoice Choice { get; } = new(Main.Language, [.. Variants.Select(variant => variant.Language)]);

    /// <summary>The templates of a campaign by their ids; null if one has been deleted.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Template>?> TemplatesAsync(
        Campaign campaign, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var ids = campaign.Variants.Select(variant => variant.TemplateId).Append(campaign.TemplateId).ToHashSet();
        var found = await db.Templates.AsNoTracking().Where(t => ids.Contains(t.Id))
            .ToDictionaryAsync(t => t.Id, cancellationToken);
        return found.Count == ids.Count ? found : null;
    }

    /// <summary>As the campaign was or, of a draft, would be launched; null if a template has been deleted.</summary>
    public static async Task<Wordings?> ReadAsync(
        Campaign campaign, CampaignsDbContext db, CancellationToken cancellationToken) =>
        campaign.Content is not null ? Of(campaign)
            : await TemplatesAsync(campaign, db, cancellationToken) is { } templates ? Of(campaign, templates)
            : null;

    /// <summary>As the campaign was launched.</summary>
    public static Wordings Of(Campaign launched) => new(
        new(launched.Language ?? "", launched.Content, launched.Filling),
        [.. launched.Variants.Select(variant => Of(variant, variant.Content))]);

    public static Wordings Of(Campaign draft, IReadOnlyDictionary<Guid, Template> templates)
    {
        var main = TemplateContent.Of(templates[draft.TemplateId]);
        return new(
            new(templates[draft.TemplateId].Language, main, draft.Filling),
            [.. draft.Variants.Select(variant => Of(variant, TemplateContent.Of(templates[variant.TemplateId])))]);
    }

    /// <param name="variant">Its place; null: what everybody else gets.</param>
    public Wording this[int? variant] => variant is { } place ? Variants[place] : Main;

    private static Wording Of(Variant variant, TemplateContent? content) =>
        new(variant.Language, content, new(variant.Variables, variant.Fallbacks));
}
