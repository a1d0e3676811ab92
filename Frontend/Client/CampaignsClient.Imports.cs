using System.Net.Http.Headers;

namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>The answer comes once the file is safe; its rows are read after that.</summary>
    /// <param name="file">CSV.</param>
    /// <param name="name">The file's.</param>
    /// <param name="country">Whose the numbers are that do not name theirs.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public async Task<Guid> ImportContactsAsync(Stream file, string name, string? country, CancellationToken cancellationToken)
    {
        using var content = new StreamContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return (await SendAsync<ImportStarted>(
            HttpMethod.Post, Query.Of("/api/contacts/import", ("name", name), ("country", country)), content,
            cancellationToken)).ImportId;
    }

    public Task<ContactImport> GetImportAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<ContactImport>($"/api/contacts/imports/{id}", cancellationToken);

    public Task<Page<RejectedRow>> ListRejectedRowsAsync(
        Guid id, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<RejectedRow>>(
            Query.Of($"/api/contacts/imports/{id}/rejected-rows", ("limit", limit), ("cursor", cursor)),
            cancellationToken);
}
