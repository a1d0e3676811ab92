namespace Frontend.Components;

/// <summary>What conditions can be made of.</summary>
/// <param name="Attributes">Names of what contacts have besides their own fields.</param>
/// <param name="Campaigns">Those that have been launched, newest first.</param>
public sealed record ConditionChoices(
    IReadOnlyList<TagCount> Tags, IReadOnlyList<string> Attributes, IReadOnlyList<ConditionChoices.Named> Campaigns)
{
    private const int Most = 500;

    /// <summary>Contacts' own fields, as messages and conditions name them.</summary>
    public static IReadOnlyList<string> OwnFields { get; } = ["firstName", "lastName", "phone", "language"];

    public static async Task<ConditionChoices> ReadAsync(CampaignsClient api, CancellationToken cancellationToken)
    {
        var attributes = api.ListAttributesAsync(cancellationToken);
        var campaigns = api.ListCampaignNamesAsync(Most, cancellationToken);
        var tags = await api.ListTagsAsync(cancellationToken);
        return new(
            tags, [.. (await attributes).Select(attribute => attribute.Name).Order(StringComparer.CurrentCulture)],
            [.. (await campaigns).Items.Where(campaign => campaign.Status != CampaignStatus.Draft)
                .Select(campaign => new Named(campaign.Id, campaign.Name))]);
    }

    public sealed record Named(Guid Id, string Name);
}
