namespace Frontend;

public sealed partial class CampaignsClient
{
    public Task<Page<User>> ListUsersAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<User>>(
            Query.Of("/api/auth/users", ("limit", limit), ("cursor", cursor)), cancellationToken);

    public Task<User> CreateUserAsync(
        string? userName, string? password, string? role, CancellationToken cancellationToken) =>
        SendOnceAsync<User>(
            "/api/auth/users", new { userName, password, role }, cancellationToken);

    public Task DeleteUserAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/auth/users/{id}", null, cancellationToken);

    public Task<Page<ApiKey>> ListApiKeysAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<ApiKey>>(
            Query.Of("/api/auth/api-keys", ("limit", limit), ("cursor", cursor)), cancellationToken);

    public Task<NewApiKey> CreateApiKeyAsync(
        string? name, string? role, DateTimeOffset? expiresAt, CancellationToken cancellationToken) =>
        SendOnceAsync<NewApiKey>(
            "/api/auth/api-keys", new { name, role, expiresAt }, cancellationToken);

    public Task DeleteApiKeyAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/auth/api-keys/{id}", null, cancellationToken);
}
