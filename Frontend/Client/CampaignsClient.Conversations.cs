namespace Frontend;

public sealed partial class CampaignsClient
{
    public Task<Page<Conversation>> ListConversationsAsync(
        string? search, bool? awaiting, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<Conversation>>(
            Query.Of("/api/conversations", ("search", search), ("awaiting", awaiting), ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    public Task<ConversationDetail> GetConversationAsync(
        Guid contactId, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<ConversationDetail>(
            Query.Of($"/api/conversations/{contactId}", ("limit", limit), ("cursor", cursor)), cancellationToken);

    public Task<ThreadItem> ReplyAsync(Guid contactId, ReplyForm form, CancellationToken cancellationToken) =>
        SendOnceAsync<ThreadItem>($"/api/conversations/{contactId}/messages", form, cancellationToken);

    public Task MarkReadAsync(Guid contactId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/api/conversations/{contactId}/read", null, cancellationToken);
}
