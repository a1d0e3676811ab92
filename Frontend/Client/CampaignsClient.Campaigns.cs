using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>Each with its statistics, newest first.</summary>
    public Task<Page<Campaign>> ListCampaignsAsync(
        CampaignStatus? status, string? search, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<Campaign>>(
            Query.Of(
                "/api/campaigns", ("status", status), ("search", search), ("include", "stats"), ("limit", limit),
                ("cursor", cursor)),
            cancellationToken);

    /// <summary>Without statistics, newest first.</summary>
    public Task<Page<Campaign>> ListCampaignNamesAsync(int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<Campaign>>(Query.Of("/api/campaigns", ("limit", limit)), cancellationToken);

    public Task<CampaignCounts> CountCampaignsAsync(string? search, CancellationToken cancellationToken) =>
        GetAsync<CampaignCounts>(Query.Of("/api/campaigns/counts", ("search", search)), cancellationToken);

    public Task<Campaign> GetCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Campaign>($"/api/campaigns/{id}", cancellationToken);

    public Task<Campaign> CreateCampaignAsync(CampaignForm form, CancellationToken cancellationToken) =>
        SendOnceAsync<Campaign>("/api/campaigns", form, cancellationToken);

    public Task<Campaign> UpdateCampaignAsync(Guid id, CampaignForm form, CancellationToken cancellationToken) =>
        SendAsync<Campaign>(HttpMethod.Put, $"/api/campaigns/{id}", form, cancellationToken);

    /// <summary>A new draft with the same content and audience.</summary>
    public Task<Campaign> DuplicateCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        SendOnceAsync<Campaign>($"/api/campaigns/{id}/duplicate", null, cancellationToken);

    public Task DeleteCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/campaigns/{id}", null, cancellationToken);

    public Task<Preview> PreviewCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Preview>($"/api/campaigns/{id}/preview", cancellationToken);

    /// <param name="id">The campaign's.</param>
    /// <param name="phone">In the international form.</param>
    /// <param name="language">Null: that of the number's contact.</param>
    public Task<TestSent> TestSendAsync(
        Guid id, string phone, string? language, CancellationToken cancellationToken) =>
        SendOnceAsync<TestSent>(
            $"/api/campaigns/{id}/test-send", new { phone, language }, cancellationToken);

    /// <summary>Who of a draft's audience lacks a value for a variable.</summary>
    public Task<Page<MissingValue>> ListMissingValuesAsync(
        Guid id, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<MissingValue>>(
            Query.Of($"/api/campaigns/{id}/missing-values", ("limit", limit), ("cursor", cursor)), cancellationToken);

    /// <param name="id">The draft's.</param>
    /// <param name="skipsMissing">Leave out who lacks a value for a variable; else they hold up the launch.</param>
    public Task<Campaign> LaunchCampaignAsync(Guid id, bool skipsMissing, CancellationToken cancellationToken) =>
        SendAsync<Campaign>(
            HttpMethod.Post,
            Query.Of($"/api/campaigns/{id}/launch", ("missingValues", skipsMissing ? "skip" : null)), null,
            cancellationToken);

    /// <summary>After the answer only what is on its way still leaves (the <see cref="Sender"/> says how much that is).</summary>
    public Task<Campaign> PauseCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<Campaign>(HttpMethod.Post, $"/api/campaigns/{id}/pause", null, cancellationToken);

    public Task<Campaign> ResumeCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<Campaign>(HttpMethod.Post, $"/api/campaigns/{id}/resume", null, cancellationToken);

    /// <inheritdoc cref="PauseCampaignAsync"/>
    public Task<Campaign> CancelCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<Campaign>(HttpMethod.Post, $"/api/campaigns/{id}/cancel", null, cancellationToken);

    public Task<CampaignStats> GetStatsAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<CampaignStats>($"/api/campaigns/{id}/stats", cancellationToken);

    /// <summary>The statistics whenever they change, until the connection breaks.</summary>
    public async IAsyncEnumerable<CampaignStats> WatchStatsAsync(
        Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Get, $"/api/campaigns/{id}/events", null, HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(body, (_, data) => JsonSerializer.Deserialize<CampaignStats>(data, Json)!);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            yield return item.Data;
        }
    }

    /// <param name="days">How many, up to today.</param>
    /// <param name="zone">Whose days; an IANA name.</param>
    public Task<Overview> GetOverviewAsync(int days, string zone, CancellationToken cancellationToken) =>
        GetAsync<Overview>(
            Query.Of("/api/stats/overview", ("days", days), ("timeZone", zone)), cancellationToken);

    public Task<Books> GetBooksAsync(CancellationToken cancellationToken) =>
        GetAsync<Books>("/api/stats/books", cancellationToken);

    public Task CheckBooksAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/api/stats/books/check", null, cancellationToken);
}
