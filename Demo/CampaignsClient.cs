using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Demo;

/// <summary>The gateway's API, as far as the demo needs it.</summary>
internal sealed class CampaignsClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway }; // keeps the session's cookie

    public async Task SignInAsync(string password, CancellationToken cancellationToken) =>
        await PostAsync("/api/auth/login", new { userName = "admin", password }, cancellationToken);

    /// <summary>The id of the contact with this number: a new one, or from an earlier demo.</summary>
    public async Task<Guid> ContactAsync(string phone, string firstName, CancellationToken cancellationToken)
    {
        var contact = new { phone, firstName, language = "fr", tags = new[] { DemoCampaign.Tag } };
        using var response = await _http.PostAsJsonAsync("/api/contacts", contact, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            return Id(await ReadAsync(response, cancellationToken));
        }

        var found = await GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}", cancellationToken);
        return Id(found["items"]![0]!);
    }

    public async Task<Guid> CreateAsync(string path, object body, CancellationToken cancellationToken) =>
        Id(await PostAsync(path, body, cancellationToken));

    public async Task<JsonNode> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(path, body, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static Guid Id(JsonNode node) => node["id"]!.GetValue<Guid>();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new HttpRequestException(
                $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} "
                + $"answered {(int)response.StatusCode}. {text}");
    }
}
