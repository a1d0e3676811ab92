namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>Newest first.</summary>
    public Task<Page<ActivityEntry>> ListActivityAsync(
        ActivityFilter filter, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<ActivityEntry>>(
            Query.Of(
                "/api/activity", ("action", filter.Kind), ("userName", filter.UserName),
                ("subjectId", filter.SubjectId), ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    /// <summary>Everybody who has done something.</summary>
    public Task<IReadOnlyList<string>> ListActivePeopleAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<string>>("/api/activity/people", cancellationToken);
}
