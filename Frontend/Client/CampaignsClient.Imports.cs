using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Frontend;

public sealed partial class CampaignsClient
{
    /// <summary>How a file would be read; its beginning is enough.</summary>
    public Task<ImportCheck> CheckImportAsync(
        ReadOnlyMemory<byte> start, ImportWish wish, CancellationToken cancellationToken) =>
        SendAsync<ImportCheck>(
            HttpMethod.Post, wish.AddTo("/api/contacts/import/check"), Csv(new ReadOnlyMemoryContent(start)),
            cancellationToken);

    /// <summary>What the API answered to the browser, which sends the file itself.</summary>
    public Guid ReadImportStarted(int status, string body)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            SignIn();
        }

        try
        {
            return status == StatusCodes.Status202Accepted
                ? JsonSerializer.Deserialize<ImportStarted>(body, Json)!.ImportId
                : throw ProblemOf(status, JsonSerializer.Deserialize<Problem>(body, Json));
        }
        catch (JsonException exception)
        {
            throw new ApiException(status == 0 ? null : status, null, cause: exception);
        }
    }

    public Task<ContactImport> GetImportAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<ContactImport>($"/api/contacts/imports/{id}", cancellationToken);

    /// <summary>Newest first.</summary>
    public Task<Page<ContactImport>> ListImportsAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<ContactImport>>(
            Query.Of("/api/contacts/imports", ("limit", limit), ("cursor", cursor)), cancellationToken);

    /// <summary>Takes back what an import has changed and nobody else since.</summary>
    public Task UndoImportAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/api/contacts/imports/{id}/undo", null, cancellationToken);

    public Task<Page<RejectedRow>> ListRejectedRowsAsync(
        Guid id, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<RejectedRow>>(
            Query.Of($"/api/contacts/imports/{id}/rejected-rows", ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    /// <summary>Imports rows that had been left out, as somebody has corrected them: an import of its own.</summary>
    public async Task<Guid> ImportCorrectedAsync(
        Guid id, string rows, string name, CancellationToken cancellationToken)
    {
        // The same rows in the same envelope, so that trying again is the same request.
        var boundary = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rows)));
        using var file = new MultipartFormDataContent(boundary)
        {
            { Csv(new StringContent(rows, Encoding.UTF8)), "file", name },
        };
        return (await SendOnceAsync<ImportStarted>(
            $"/api/contacts/imports/{id}/rejects", file, cancellationToken)).ImportId;
    }

    /// <summary>Whose national numbers the API knows, by their ISO 3166 names.</summary>
    public Task<IReadOnlyList<string>> ListCountriesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<string>>("/api/contacts/countries", cancellationToken);

    private static HttpContent Csv(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return content;
    }
}
