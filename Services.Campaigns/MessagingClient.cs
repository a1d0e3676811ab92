using System.Net;
using System.Text.Json;

namespace Services.Campaigns;

/// <summary>
/// Asks Messaging, which alone talks to the provider. Over HTTP, where everything else between the two goes through the
/// broker: these are questions with large answers, asked by people and reports; whether somebody answers concerns no
/// message.
/// </summary>
internal sealed class MessagingClient(HttpClient http, IConfiguration configuration, TimeProvider clock)
{
    private readonly Uri[] _addresses = [.. configuration.GetSection("services:messaging:http").GetChildren()
        .Where(address => !string.IsNullOrWhiteSpace(address.Value)).Select(address => new Uri(address.Value!))];

    /// <summary>One replica answers as well as the other. Null if the provider does not answer it.</summary>
    /// <exception cref="MessagingAwayException">Messaging does not answer.</exception>
    public async Task<T?> AskAsync<T>(
        HttpMethod method, string path, object? body, TimeSpan limit, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in _addresses)
        {
            using var deadline = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            using var question = new HttpRequestMessage(method, new Uri(address, $"/internal/{path}"))
            {
                Content = body is null ? null : JsonContent.Create(body),
            };
            try
            {
                using var answer = await http.SendAsync(
                    question, HttpCompletionOption.ResponseHeadersRead, either.Token);
                if (answer.StatusCode is HttpStatusCode.BadGateway)
                {
                    return default; // the provider does not answer, whoever asks
                }

                answer.EnsureSuccessStatusCode();
                return await answer.Content.ReadFromJsonAsync<T>(either.Token);
            }
            catch (Exception exception) when (
                exception is HttpRequestException or IOException or JsonException
                || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                last = exception;
            }
        }

        throw new MessagingAwayException(last);
    }

    public static void Register(IServiceCollection services) => services
        .AddHttpClient<MessagingClient>(http => http.Timeout = Timeout.InfiniteTimeSpan) // each question has its own
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, UseProxy = false })
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the client is held by a singleton
        .RemoveAllLoggers(); // the report tells
}

internal sealed class MessagingAwayException(Exception? reason)
    : Exception(reason?.Message ?? "No address of Messaging is set.", reason);
