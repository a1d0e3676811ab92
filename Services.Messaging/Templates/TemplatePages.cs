using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Services.Messaging;

/// <summary>Reads a provider's list of templates over HTTP, page by page to its end.</summary>
internal static class TemplatePages
{
    private const int MostPages = 1000;
    private const int MaxAnswer = 1 << 24;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The client of a list, with the account's credentials.</summary>
    public static void AddTemplateList<T>(
        this IServiceCollection services,
        Func<IServiceProvider, (Uri Address, AuthenticationHeaderValue Credentials)> of)
        where T : class, ITemplateList =>
        services.AddHttpClient<ITemplateList, T>((provider, client) =>
            {
                var (address, credentials) = of(provider);
                client.BaseAddress = address;
                client.Timeout = Limit;
                client.MaxResponseContentBufferSize = MaxAnswer;
                client.DefaultRequestHeaders.Authorization = credentials;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
            })
            .RemoveAllLoggers();

    /// <summary>All members of <paramref name="list"/> on all pages.</summary>
    /// <param name="http">Calls with credentials, which go to its own address only.</param>
    /// <param name="first">The first page's address.</param>
    /// <param name="list">The name of a page's list.</param>
    /// <param name="nextOf">The next page's address, which stands in a page; null behind the last one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ProviderSilentException">The list cannot be read to its end.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadPagesAsync(
        this HttpClient http, string first, string list, Func<JsonElement, string?> nextOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new Uri(http.BaseAddress!, first);
        for (var pages = 0; pages < MostPages; pages++)
        {
            using var answer = await ReadAsync(http, page, cancellationToken);
            if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty(list, out var items) || items.ValueKind != JsonValueKind.Array)
            {
                throw new ProviderSilentException("The list of templates is not one.");
            }

            foreach (var item in items.EnumerateArray())
            {
                yield return item;
            }

            if (nextOf(root) is not { } next)
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

    private static async Task<JsonDocument> ReadAsync(
        HttpClient http, Uri address, CancellationToken cancellationToken)
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
