using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Twilio's Content API: the account's templates and what WhatsApp says of them.
/// https://www.twilio.com/docs/content/content-api-resources
/// </summary>
internal sealed class TwilioContent(HttpClient http)
{
    private const int MostPages = 1000;
    private const int MaxAnswer = 1 << 24;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>For Services.Campaigns, service to service: the gateway has no route to this service.</summary>
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/internal/templates", HandleAsync);

    public static void Register(IServiceCollection services) =>
        services.AddHttpClient<TwilioContent>((provider, client) =>
            {
                var options = provider.GetRequiredService<IOptions<TwilioOptions>>().Value;
                client.BaseAddress = new Uri(options.Content.AbsoluteUri.TrimEnd('/') + '/');
                client.Timeout = Limit;
                client.MaxResponseContentBufferSize = MaxAnswer;
                client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(
                    Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.FirstToken}")));
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
            })
            .RemoveAllLoggers();

    /// <summary>All templates, page by page.</summary>
    /// <exception cref="ProviderSilentException">The list cannot be read to its end.</exception>
    public async IAsyncEnumerable<ProviderTemplate> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new Uri(http.BaseAddress!, "v1/ContentAndApprovals?PageSize=500");
        for (var pages = 0; pages < MostPages; pages++)
        {
            using var answer = await ReadAsync(page, cancellationToken);
            if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("contents", out var contents) || contents.ValueKind != JsonValueKind.Array)
            {
                throw new ProviderSilentException("The list of templates is not one.");
            }

            foreach (var template in contents.EnumerateArray().Select(TwilioTemplate.Read).OfType<ProviderTemplate>())
            {
                yield return template;
            }

            if (!root.TryGetProperty("meta", out var meta)
                || TwilioTemplate.Text(meta, "next_page_url") is not { } next)
            {
                yield break;
            }

            page = new Uri(http.BaseAddress!, next);
            if (page.Authority != http.BaseAddress!.Authority)
            {
                throw new ProviderSilentException("The list goes on at a stranger's address."); // credentials stay home
            }
        }

        throw new ProviderSilentException("The list of templates does not end.");
    }

    private static async Task<Results<Ok<List<ProviderTemplate>>, ProblemHttpResult>> HandleAsync(
        TwilioContent content, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await content.ListAsync(cancellationToken).ToListAsync(cancellationToken));
        }
        catch (ProviderSilentException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private async Task<JsonDocument> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            return answer.StatusCode is HttpStatusCode.OK
                ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))
                : throw new ProviderSilentException($"HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderSilentException($"the connection failed: {exception.HttpRequestError}");
        }
        catch (JsonException)
        {
            throw new ProviderSilentException("The list of templates is not one.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderSilentException($"no answer within {http.Timeout.TotalSeconds:0.#} s");
        }
    }
}
