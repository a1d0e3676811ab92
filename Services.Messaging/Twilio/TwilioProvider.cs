using System.Net;
using System.Text;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Twilio's Messages API. A POST there is not idempotent and there is no key that would make it so
/// (https://www.twilio.com/docs/api/errors/20500): one call, no retry, no redirect.
/// </summary>
internal sealed class TwilioProvider(HttpClient http, IOptions<TwilioOptions> options, TimeProvider clock)
    : IMessageProvider
{
    private const int MaxAnswer = 1 << 20;

    private const int MaxPages = 10;

    private readonly TwilioOptions _options = options.Value;

    public string Name => "twilio";

    public async Task<SendResult> SendAsync(SendMessage message, CancellationToken cancellationToken)
    {
        using var form = new TracedForm(TwilioRequest.Form(message, _options.PublicUrl));
        try
        {
            using var answer = await http.PostAsync(
                TwilioRequest.MessagesPath(_options.AccountSid), form, cancellationToken);
            return TwilioAnswer.Read(
                answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken), RetryAfter(answer));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            var reason = exception is HttpRequestException { HttpRequestError: var error }
                ? $"the connection failed: {error}"
                : $"no answer within {http.Timeout.TotalSeconds:0.#} s";
            return form.Left ? new SendResult.Unknown(reason) : new SendResult.NotSent(reason, Connected: false);
        }
    }

    public async Task<IReadOnlyList<FoundMessage>?> FindAsync(
        string from, string to, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new List<FoundMessage>();
        var page = new Uri(
            http.BaseAddress!, TwilioRequest.MessagesPath(_options.AccountSid) + TwilioRequest.ListQuery(from, to));
        for (var pages = 0; pages < MaxPages; pages++)
        {
            if (await ReadAsync(page, cancellationToken) is not { } body
                || TwilioAnswer.ReadPage(body) is not var (messages, next))
            {
                return null;
            }

            found.AddRange(messages.Where(message => message.CreatedAt is null || message.CreatedAt >= since));
            if (next is null || messages.Count > 0 && messages.All(message => message.CreatedAt < since))
            {
                return found;
            }

            page = new Uri(http.BaseAddress!, next); // as it stands: page tokens are Twilio's business
            if (page.Authority != http.BaseAddress!.Authority)
            {
                return null; // the credentials stay at home
            }
        }

        return null;
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
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // notices a change of address
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the client is held by singletons
            .RemoveAllLoggers(); // the list's address holds phone numbers
    }

    private async Task<string?> ReadAsync(Uri page, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(page, cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK
                ? await answer.Content.ReadAsStringAsync(cancellationToken)
                : null;
        }
        catch (Exception exception) when (
            exception is HttpRequestException
            || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - clock.GetUtcNow();
}
