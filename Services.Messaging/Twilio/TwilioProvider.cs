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
    HttpClient http, IHttpClientFactory clients, IOptions<TwilioOptions> options, TimeProvider clock) : IMessageProvider
{
    /// <summary>Reaches our own webhook; the account's credentials do not travel with it.</summary>
    private const string SelfTestClient = "self-test";

    /// <summary>A page of a thousand messages of 1,600 characters each.</summary>
    private const int MaxAnswer = 1 << 24;

    /// <summary>A stranger's page, at most.</summary>
    private const int MaxSelfTestAnswer = 1 << 20;

    /// <summary>Pages without a message before a list counts as one without end.</summary>
    private const int MaxEmptyPages = 10;

    private readonly TwilioOptions _options = options.Value;

    public string Name => TwilioWords.Provider;

    public async Task<SendResult> SendAsync(
        SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken)
    {
        using var form = new GatedForm(TwilioRequest.Form(message, _options.PublicUrl), leave);
        try
        {
            using var answer = await http.PostAsync(
                TwilioRequest.MessagesPath(_options.AccountSid), form, cancellationToken);
            return TwilioAnswer.Read(
                answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken), RetryAfter(answer));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            if (form.Held)
            {
                return new SendResult.NotSent("the call came too late", Connected: true);
            }

            var reason = exception is HttpRequestException { HttpRequestError: var error }
                ? $"the connection failed: {error}"
                : $"no answer within {http.Timeout.TotalSeconds:0.#} s";
            return form.Left ? new SendResult.Unknown(reason) : new SendResult.NotSent(reason, Connected: false);
        }
    }

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
        var webhook = new Uri(_options.PublicUrl.TrimEnd('/') + "/api/webhooks/twilio");
        if (TwilioSelfTest.IsPrivate(webhook) && !_options.Api.IsLoopback)
        {
            return "private_address";
        }

        var word = Guid.NewGuid().ToString("n");
        try
        {
            using var client = clients.CreateClient(SelfTestClient);
            using var request = TwilioSelfTest.Request(webhook, _options.AccountSid, _options.Tokens[0], word);
            using var answer = await client.SendAsync(request, cancellationToken);
            return TwilioSelfTest.Read(answer, _options.Tokens, word);
        }
        catch (HttpRequestException exception)
        {
            return exception.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded ? "not_ours"
                : "no_connection";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no_answer";
        }
    }

    public static void Register(IServiceCollection services)
    {
        TwilioOptions.Register(services);
        services.AddHttpClient<IMessageProvider, TwilioProvider>((provider, http) =>
            {
                var options = provider.GetRequiredService<IOptions<TwilioOptions>>().Value;
                http.BaseAddress = new Uri(options.Api.AbsoluteUri.TrimEnd('/') + '/');
                http.Timeout = provider.GetRequiredService<IOptions<SendingOptions>>().Value.CallLimit;
                http.MaxResponseContentBufferSize = MaxAnswer;
                http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(
                    Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.FirstToken}")));
            })
            .ConfigurePrimaryHttpMessageHandler(NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the client is held by singletons
            .RemoveAllLoggers(); // the list's address holds phone numbers
        services.AddHttpClient(SelfTestClient, http =>
            {
                http.Timeout = TimeSpan.FromSeconds(10);
                http.MaxResponseContentBufferSize = MaxSelfTestAnswer;
            })
            .ConfigurePrimaryHttpMessageHandler(NewHandler)
            .RemoveAllLoggers();
    }

    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // notices a change of address
    };

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

    private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - clock.GetUtcNow();
}
