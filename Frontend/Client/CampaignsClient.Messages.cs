namespace Frontend;

public sealed partial class CampaignsClient
{
    public Task<Page<Message>> ListMessagesAsync(
        Guid campaignId, MessageStatus? status, MessageKind? kind, string? search, int limit, string? cursor,
        CancellationToken cancellationToken) =>
        GetAsync<Page<Message>>(
            Query.Of(
                $"/api/campaigns/{campaignId}/messages",
                ("status", status), ("kind", kind), ("search", search), ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    public Task<MessageDetail> GetMessageAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<MessageDetail>($"/api/messages/{id}", cancellationToken);

    public Task RetryMessageAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/api/messages/{id}/retry", null, cancellationToken);

    /// <summary>How many are tried again.</summary>
    public async Task<int> RetryFailedAsync(Guid campaignId, CancellationToken cancellationToken) =>
        (await SendAsync<RetryAnswer>(
            HttpMethod.Post, $"/api/campaigns/{campaignId}/retry-failed", null, cancellationToken)).Retried;

    private sealed record RetryAnswer(int Retried);
}
