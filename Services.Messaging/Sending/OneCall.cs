using System.Net;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>What an answer means, by status, body as it came, and how long the provider wants no call.</summary>
internal delegate SendResult ReadAnswer(HttpStatusCode status, string body, TimeSpan? retryAfter);

/// <summary>
/// A call that sends. No provider has a key that would make a repeat harmless: one call, no retry, no redirect.
/// </summary>
internal static class OneCall
{
    /// <summary>A page of a thousand messages of 1,600 characters each.</summary>
    private const int MaxAnswer = 1 << 24;

    /// <summary>The provider's client, which has <see cref="SendingOptions.CallLimit"/> for a whole call.</summary>
    public static void AddProvider<T>(
        this IServiceCollection services, Action<IServiceProvider, HttpClient> configure)
        where T : class, IMessageProvider =>
        services.AddHttpClient<IMessageProvider, T>((provider, http) =>
            {
                http.Timeout = provider.GetRequiredService<IOptions<SendingOptions>>().Value.CallLimit;
                http.MaxResponseContentBufferSize = MaxAnswer;
                configure(provider, http);
            })
            .ConfigurePrimaryHttpMessageHandler(NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the client is held by singletons
            .RemoveAllLoggers(); // addresses may hold phone numbers

    public static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // notices a change of address
    };

    /// <param name="leave">As in <see cref="IMessageProvider.SendAsync"/>.</param>
    public static async Task<SendResult> PostOnceAsync(
        this HttpClient http, string path, HttpContent content, Func<Task<bool>> leave, ReadAnswer read,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        using var gated = new GatedContent(content, leave);
        try
        {
            using var answer = await http.PostAsync(path, gated, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            return read(answer.StatusCode, body, RetryAfter(answer, clock));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            if (gated.Held)
            {
                return new SendResult.NotSent("the call came too late", Connected: true);
            }

            // Never the exception's own words: they may name addresses.
            var reason = exception is HttpRequestException { HttpRequestError: var error }
                ? $"the connection failed: {error}"
                : $"no answer within {http.Timeout.TotalSeconds:0.#} s";
            return gated.Left ? new SendResult.Unknown(reason) : new SendResult.NotSent(reason, Connected: false);
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider clock) =>
        answer.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - clock.GetUtcNow();
}
