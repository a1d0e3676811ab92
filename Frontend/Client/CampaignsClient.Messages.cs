namespace Frontend;

public sealed partial class CampaignsClient
{
    public Task<Page<Message>> ListMessagesAsync(
        Guid campaignId, MessageFilter filter, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<Message>>(
            Query.Of(
                $"/api/campaigns/{campaignId}/messages",
                ("status", filter.Status), ("kind", filter.Kind), ("search", filter.Search), ("code", filter.Code),
                ("replied", filter.Replied), ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    public Task<MessageDetail> GetMessageAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<MessageDetail>($"/api/messages/{id}", cancellationToken);

    public Task RetryMessageAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/api/messages/{id}/retry", null, cancellationToken);

    /// <summary>How many are tried again.</summary>
    /// <param name="code">Only those that failed with it; null: all.</param>
    public async Task<int> RetryFailedAsync(Guid campaignId, string? code, CancellationToken cancellationToken) =>
        (await SendAsync<RetryAnswer>(
            HttpMethod.Post, Query.Of($"/api/campaigns/{campaignId}/retry-failed", ("code", code)), null,
            cancellationToken)).Retried;

    /// <summary>Why messages have failed or were skipped, the most frequent first.</summary>
    public async Task<IReadOnlyList<FailureCause>> ListFailuresAsync(
        Guid campaignId, MessageStatus status, CancellationToken cancellationToken) =>
    [
        .. (await GetAsync<List<FailureCause>>(
            Query.Of($"/api/campaigns/{campaignId}/failures", ("status", status)), cancellationToken))
            .Select(cause => cause with { Status = status }),
    ];

    /// <summary>The same for what has failed in all campaigns.</summary>
    public async Task<IReadOnlyList<FailureCause>> ListFailuresAsync(int days, CancellationToken cancellationToken) =>
        await GetAsync<List<FailureCause>>(
            Query.Of("/api/stats/failures", ("days", days)), cancellationToken);

    private sealed record RetryAnswer(int Retried);
}
