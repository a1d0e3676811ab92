using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Twilio's Content API: the account's templates and what WhatsApp says of them.
/// https://www.twilio.com/docs/content/content-api-resources
/// </summary>
internal sealed class TwilioContent(HttpClient http) : ITemplateList
{
    private const int MostPages = 1000;
    private const int MaxAnswer = 1 << 24;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static void Register(IServiceCollection services) =>
        services.AddHttpClient<ITemplateList, TwilioContent>((provider, client) =>
            {
                var options = provider.GetRequiredService<IOptions<TwilioOptions>>().Value;
                client.BaseAddress = options.Content;
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
