using System.Text.Json;

namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>How many an audience is, before there is a campaign.</summary>
    public Task<Preview> CheckAudienceAsync(AudienceQuestion question, CancellationToken cancellationToken) =>
        SendAsync<Preview>(HttpMethod.Post, "/api/campaigns/audience", question, cancellationToken);

    public Task<Page<Segment>> ListSegmentsAsync(int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<Segment>>(Query.Of("/api/segments", ("limit", limit)), cancellationToken);

    /// <param name="id">Null: a new one.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="where">Its condition.</param>
    public Task<Segment> SaveSegmentAsync(
        Guid? id, string? name, JsonElement? where, CancellationToken cancellationToken) =>
        id is null
            ? SendOnceAsync<Segment>("/api/segments", new SegmentForm(name, where), cancellationToken)
            : SendAsync<Segment>(
                HttpMethod.Put, $"/api/segments/{id}", new SegmentForm(name, where), cancellationToken);

    public Task DeleteSegmentAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/segments/{id}", null, cancellationToken);

    /// <summary>The most used first.</summary>
    public Task<IReadOnlyList<TagCount>> ListTagsAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<TagCount>>("/api/contacts/tags", cancellationToken);

    /// <summary>What contacts have besides their own fields, the most frequent first.</summary>
    public Task<IReadOnlyList<AttributeCount>> ListAttributesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<AttributeCount>>("/api/contacts/attributes", cancellationToken);
}
