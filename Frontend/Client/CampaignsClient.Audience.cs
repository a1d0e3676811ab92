namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>How many an audience is, before there is a campaign.</summary>
    public Task<Preview> CheckAudienceAsync(AudienceQuestion question, CancellationToken cancellationToken) =>
        SendAsync<Preview>(HttpMethod.Post, "/api/campaigns/audience", question, cancellationToken);

    public Task<Page<Segment>> ListSegmentsAsync(int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<Segment>>(Query.Of("/api/segments", ("limit", limit)), cancellationToken);

    /// <summary>The most used first.</summary>
    public Task<IReadOnlyList<TagCount>> ListTagsAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<TagCount>>("/api/contacts/tags", cancellationToken);
}
