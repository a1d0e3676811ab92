using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace TwilioEmulator;

/// <summary>Calls webhooks as Twilio does: a signed form, time limits, repeats as the URL's fragment asks.</summary>
internal sealed partial class WebhookClient(
    IOptions<EmulatorOptions> options, TimeProvider clock, ILogger<WebhookClient> logger) : IDisposable
{
    private static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("ConnectTimeout");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null, // Twilio sends no traceparent
        ConnectCallback = ConnectAsync,
        MaxAutomaticRedirections = 10,
        MaxConnectionsPerServer = 64,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the overrides set it
    };

    /// <summary>Ends when the webhook has answered, or Twilio would have given up. The sid is for the log.</summary>
    public async Task PostAsync(
        string url, string sid, IReadOnlyCollection<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken)
    {
        var uri = new Uri(url);
        var target = uri.GetComponents(
            UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped);
        var signature = TwilioSignature.Sign(options.Value.AuthToken, target, form);
        var overrides = ConnectionOverrides.Parse(uri.Fragment);

        // One token for all repeats of one event.
        var idempotencyToken = Guid.NewGuid().ToString();
        using var total = new CancellationTokenSource(overrides.TotalTimeout, clock);
        using var untilTotal = CancellationTokenSource.CreateLinkedTokenSource(total.Token, cancellationToken);

        for (var repeats = 0; ; repeats++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target);
            request.Content = new FormUrlEncodedContent(form);
            request.Headers.Add("X-Twilio-Signature", signature);
            request.Headers.Add("I-Twilio-Idempotency-Token", idempotencyToken);
            request.Headers.UserAgent.ParseAdd("TwilioProxy/1.1");
            request.Options.Set(ConnectTimeout, overrides.ConnectTimeout);
            if (uri.UserInfo.Length > 0)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
            }

            var failure = await TryPostAsync(request, overrides.ReadTimeout, untilTotal.Token);
            cancellationToken.ThrowIfCancellationRequested();
            if (failure is WebhookFailure.None)
            {
                return;
            }

            if (repeats >= overrides.Retries || !overrides.Policy.HasFlag(failure) || total.IsCancellationRequested)
            {
                LogFailed(sid, failure, repeats + 1);
                return;
            }
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
