using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Twilio's Messages API. A POST there is not idempotent and there is no key that would make it so
/// (https://www.twilio.com/docs/api/errors/20500): one call, no retry, no redirect.
/// </summary>
internal sealed class TwilioProvider(
    HttpClient http, WebhookProbe probe, IOptions<TwilioOptions> options, TimeProvider clock) : IMessageProvider
{
    /// <summary>Pages without a message before a list counts as one without end.</summary>
    private const int MaxEmptyPages = 10;

    private readonly TwilioOptions _options = options.Value;

    public string Name => TwilioWords.Provider;

    public Task<SendResult> SendAsync(
        SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken) =>
        http.PostOnceAsync(
            TwilioRequest.MessagesPath(_options.AccountSid),
            new FormUrlEncodedContent(TwilioRequest.Form(message, _options.PublicUrl)), leave, TwilioAnswer.Read, clock,
            cancellationToken);

    public async IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
        MessageFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new Uri(
            http.BaseAddress!,
            TwilioRequest.MessagesPath(_options.AccountSid) + TwilioRequest.ListQuery(filter.From, filter.To));
        for (var empty = 0; empty < MaxEmptyPages;)
        {
            if (await ReadAsync(page, cancellationToken) is not { } body
                || TwilioAnswer.ReadPage(body) is not var (messages, next))
            {
                throw new ProviderSilentException("The list of messages is not one.");
            }

            yield return messages;
            // Sorted by when they were sent, newest first: one that waits for long may be older than its neighbours.
            if (next is null || messages.Count > 0 && messages.All(message => message.CreatedAt < filter.Since))
            {
                yield break;
            }

            empty = messages.Count == 0 ? empty + 1 : 0;
            page = new Uri(http.BaseAddress!, next); // as it stands: page tokens are Twilio's business
            if (page.Authority != http.BaseAddress!.Authority)
            {
                throw new ProviderSilentException("The list goes on at a stranger's address."); // credentials stay home
            }
        }

        throw new ProviderSilentException("The list of messages does not end.");
    }

    public async Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken)
    {
        var address = new Uri(
            http.BaseAddress!, TwilioRequest.MessagePath(_options.AccountSid, providerMessageId));
        return await ReadAsync(address, cancellationToken) is not { } body ? null
            : TwilioAnswer.ReadMessage(body) ?? throw new ProviderSilentException("The message is not one.");
    }

    public async Task<string?> CheckWebhookAsync(CancellationToken cancellationToken)
    {
        var word = Guid.NewGuid().ToString("n");
        var webhook = new Uri(_options.PublicUrl.TrimEnd('/') + "/api/webhooks/twilio");
        using var request = TwilioSelfTest.Request(webhook, _options.AccountSid, _options.Tokens[0], word);
        return await probe.AskAsync(
            request, _options.Api, HttpStatusCode.Forbidden,
            answer => Task.FromResult(TwilioSelfTest.IsProof(answer, _options.Tokens, word)), cancellationToken);
    }

    public static void Register(IServiceCollection services)
    {
        TwilioOptions.Register(services);
        WebhookProbe.Register(services);
        TwilioContent.Register(services);
        services.AddProvider<TwilioProvider>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<TwilioOptions>>().Value;
            http.BaseAddress = options.Api;
            http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.FirstToken}")));
        });
    }

    /// <summary>Null: there is no such thing.</summary>
    private async Task<string?> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => await answer.Content.ReadAsStringAsync(cancellationToken),
                HttpStatusCode.NotFound => null,
                var status => throw new ProviderSilentException($"HTTP {(int)status}"),
            };
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderSilentException($"the connection failed: {exception.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderSilentException($"no answer within {http.Timeout.TotalSeconds:0.#} s");
        }
    }
}
