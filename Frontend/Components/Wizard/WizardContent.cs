namespace Frontend.Components;

/// <summary>What a new campaign is made of.</summary>
/// <param name="Segments">Those that are saved meanwhile are added.</param>
/// <param name="Campaign">Null until there is a draft.</param>
/// <param name="Picked">Those whom the draft names one by one.</param>
public sealed record WizardContent(
    IReadOnlyList<Template> Templates, List<Segment> Segments, ConditionChoices Choices, Campaign? Campaign,
    IReadOnlyList<CampaignDraft.PickedContact> Picked)
{
    private const int Most = 500;
    private const int MostNames = 50;

    public static async Task<WizardContent> ReadAsync(
        CampaignsClient api, Guid? draft, CancellationToken cancellationToken)
    {
        var templates = api.ListTemplatesAsync(Most, null, cancellationToken);
        var choices = ConditionChoices.ReadAsync(api, cancellationToken);
        var segments = api.ListSegmentsAsync(Most, cancellationToken);
        var campaign = draft is { } id ? await api.GetCampaignAsync(id, cancellationToken) : null;
        var picked = await Task.WhenAll((campaign?.Audience.ContactIds ?? []).Select(async (contact, place) =>
            new CampaignDraft.PickedContact(
                contact, place < MostNames ? await NameAsync(api, contact, cancellationToken) : "…")));
        return new((await templates).Items, [.. (await segments).Items], await choices, campaign, picked);
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
