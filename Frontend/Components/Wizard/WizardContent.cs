namespace Frontend.Components;

/// <summary>What a new campaign is made of.</summary>
/// <param name="Attributes">Names of what contacts have besides their own fields.</param>
/// <param name="Campaign">Null until there is a draft.</param>
/// <param name="Picked">Those whom the draft names one by one.</param>
public sealed record WizardContent(
    IReadOnlyList<Template> Templates, IReadOnlyList<TagCount> Tags, IReadOnlyList<Segment> Segments,
    IReadOnlyList<string> Attributes, Campaign? Campaign, IReadOnlyList<CampaignDraft.PickedContact> Picked)
{
    private const int Most = 500;
    private const int MostNames = 50;

    public static async Task<WizardContent> ReadAsync(
        CampaignsClient api, Guid? draft, CancellationToken cancellationToken)
    {
        var templates = api.ListTemplatesAsync(Most, null, cancellationToken);
        var contacts = api.ListContactsAsync(new(), Most, null, cancellationToken);
        var tags = api.ListTagsAsync(cancellationToken);
        var segments = api.ListSegmentsAsync(Most, cancellationToken);
        var campaign = draft is { } id ? await api.GetCampaignAsync(id, cancellationToken) : null;
        var picked = await Task.WhenAll((campaign?.Audience.ContactIds ?? []).Select(async (contact, place) =>
            new CampaignDraft.PickedContact(
                contact, place < MostNames ? await NameAsync(api, contact, cancellationToken) : "…")));
        var attributes = (await contacts).Items.SelectMany(contact => contact.Attributes.Keys).Distinct();
        return new(
            (await templates).Items, await tags, (await segments).Items,
            [.. attributes.Order(StringComparer.CurrentCulture)], campaign, picked);
    }

    private static async Task<string> NameAsync(CampaignsClient api, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.GetContactAsync(id, cancellationToken)).DisplayName;
        }
        catch (ApiException exception) when (exception.IsNotFound)
        {
            return "…"; // erased since
        }
    }
}
