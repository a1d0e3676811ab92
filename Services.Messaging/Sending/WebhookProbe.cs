using System.Net;
using System.Net.Sockets;
using Contracts;

namespace Services.Messaging;

/// <summary>Calls our own webhook through its public address, as a provider would.</summary>
internal sealed class WebhookProbe(HttpClient http)
{
    /// <summary>A stranger's page, at most.</summary>
    private const int MaxAnswer = 1 << 20;

    public static void Register(IServiceCollection services) =>
        services.AddHttpClient<WebhookProbe>(http =>
            {
                http.Timeout = TimeSpan.FromSeconds(10);
                http.MaxResponseContentBufferSize = MaxAnswer;
            })
            .ConfigurePrimaryHttpMessageHandler(OneCall.NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();

    /// <summary>Null if our webhook answers; else why not (see <see cref="WebhooksChecked.Reason"/>).</summary>
    /// <param name="provider">Where the provider is: one on this machine reaches private addresses.</param>
    /// <param name="refusal">The status with which our webhook refuses what is not the provider's.</param>
    /// <param name="isOurs">Whether the body proves, or the headers do, that it is our webhook.</param>
    public async Task<string?> AskAsync(
        HttpRequestMessage request, Uri provider, HttpStatusCode refusal,
        Func<HttpResponseMessage, Task<bool>> isOurs, CancellationToken cancellationToken)
    {
        if (IsPrivate(request.RequestUri!) && !provider.IsLoopback)
        {
            return "private_address";
        }

        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK when await isOurs(answer) => null,
                HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                    "no_answer",
                var status => status == refusal ? "refused" : "not_ours",
            };
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

    /// <summary>The network between a provider and a host of this name does not exist.</summary>
    internal static bool IsPrivate(Uri url) =>
        IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? IsPrivate(address)
        : url.IsLoopback || !url.Host.Contains('.') || url.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);

    private static bool IsPrivate(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes() is [0 or 10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..]
                or [169, 254, ..] or [100, >= 64 and < 128, ..]
            : address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal);
    }
}
