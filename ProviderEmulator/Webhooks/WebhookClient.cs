using System.Net.Sockets;

namespace ProviderEmulator;

/// <summary>Calls webhooks as the providers do: within limits of time, and again if that fails.</summary>
internal sealed partial class WebhookClient(TimeProvider clock, ILogger<WebhookClient> logger) : IDisposable
{
    private static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("ConnectTimeout");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null, // no provider sends a traceparent
        ConnectCallback = ConnectAsync,
        MaxAutomaticRedirections = 10,
        MaxConnectionsPerServer = 64,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the overrides set it
    };

    /// <summary>Ends when the webhook has answered, or the provider would have given up.</summary>
    public async Task PostAsync(WebhookRequest call, CancellationToken cancellationToken)
    {
        var overrides = call.Overrides;
        using var total = new CancellationTokenSource(overrides.TotalTimeout, clock);
        using var untilTotal = CancellationTokenSource.CreateLinkedTokenSource(total.Token, cancellationToken);

        for (var repeats = 0; ; repeats++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, call.Url);
            request.Content = call.Content();
            request.Options.Set(ConnectTimeout, overrides.ConnectTimeout);
            foreach (var (name, value) in call.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var failure = await TryPostAsync(request, overrides.ReadTimeout, untilTotal.Token);
            cancellationToken.ThrowIfCancellationRequested();
            if (failure is WebhookFailure.None)
            {
                return;
            }

            if (repeats >= overrides.Retries || !overrides.Policy.HasFlag(failure) || total.IsCancellationRequested)
            {
                LogFailed(call.Sid, failure, repeats + 1);
                return;
            }

            await Task.Delay(overrides.Pause * Math.Pow(2, repeats), clock, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<WebhookFailure> TryPostAsync(
        HttpRequestMessage request, TimeSpan readTimeout, CancellationToken cancellationToken)
    {
        using var read = new CancellationTokenSource(readTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(read.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode switch
            {
                >= 500 => WebhookFailure.ServerError,
                >= 400 => WebhookFailure.ClientError,
                _ => WebhookFailure.None,
            };
        }
        catch (HttpRequestException exception)
        {
            return exception.HttpRequestError is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                ? WebhookFailure.Connection
                : WebhookFailure.ReadTimeout;
        }
        catch (OperationCanceledException)
        {
            return WebhookFailure.ReadTimeout;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var timeout);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The webhook for {Sid} failed ({Failure}) after {Attempts} attempts")]
    private partial void LogFailed(string sid, WebhookFailure failure, int attempts);
}
