namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>How many an audience is, before there is a campaign.</summary>
    public Task<Preview> CheckAudienceAsync(AudienceQuestion question, CancellationToken cancellationToken) =>
        SendAsync<Preview>(HttpMethod.Post, "/api/campaigns/audience", question, cancellationToken);

    /// <summary>The most used first; none if they cannot be read, without which pages still work.</summary>
    public async Task<IReadOnlyList<TagCount>> ListTagsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync<IReadOnlyList<TagCount>>("/api/contacts/tags", cancellationToken);
        }
        catch (ApiException exception) when (!exception.IsSignedOut)
        {
            return [];
        }
    }
}
