using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway;

/// <summary>
/// The description of the whole API at <c>/openapi/v1.json</c>: the services' own, joined to that of the sign-in. A
/// service that does not answer is left out until it does.
/// </summary>
internal sealed class Description(
    ServiceAddresses addresses, IHttpClientFactory clients, TimeProvider clock, IServiceProvider services)
{
    public const string Path = "/openapi/v1.json";

    private static readonly string[] Described = ["campaigns", "webhooks"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Complete = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Incomplete = TimeSpan.FromSeconds(2);

    private (byte[] Json, DateTimeOffset Until) _kept = ([], default);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi("v1");
        builder.Services.AddHttpClient(nameof(Description), client => client.Timeout = Limit);
        builder.Services.AddSingleton<Description>();
    }

    public static void Map(WebApplication app) =>
        app.MapGet(Path, async (Description description, CancellationToken cancellationToken) =>
            TypedResults.Bytes(await description.GetAsync(cancellationToken), "application/json"))
            .AllowAnonymous().ExcludeFromDescription();

    // Two that ask at the same time may both do the work: it is the same work.
    public async Task<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        var kept = _kept;
        if (clock.GetUtcNow() < kept.Until)
        {
            return kept.Json;
        }

        var parts = await Task.WhenAll(Described.Select(service => FetchAsync(service, cancellationToken)));
        var whole = OpenApiMerge.Merge(
            await OwnAsync(cancellationToken), [.. Described.Zip(parts).Where(part => part.Second is not null)!]);
        var lifetime = parts.Contains(null) ? Incomplete : Complete;
        _kept = (JsonSerializer.SerializeToUtf8Bytes(whole), clock.GetUtcNow() + lifetime);
        return _kept.Json;
    }

    private async Task<JsonObject> OwnAsync(CancellationToken cancellationToken)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1")
            .GetOpenApiDocumentAsync(cancellationToken);
        document.Info = new() { Title = "Campaigns", Version = "v1" };
        return (JsonObject)JsonNode.Parse(
            await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken))!;
    }

    private async Task<JsonObject?> FetchAsync(string service, CancellationToken cancellationToken)
    {
        foreach (var replica in addresses.Of(service))
        {
            try
            {
                await using var body = await clients.CreateClient(nameof(Description))
                    .GetStreamAsync(new Uri(replica, Path), cancellationToken);
                if (await JsonNode.ParseAsync(body, cancellationToken: cancellationToken) is JsonObject document)
                {
                    return document;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The next replica may answer.
            }
        }

        return null;
    }
}
