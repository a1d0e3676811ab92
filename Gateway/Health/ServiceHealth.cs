using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway;

/// <summary>
/// A service is healthy while one of its replicas says so. Several are asked at once, each for as long as it takes but
/// no longer than <see cref="Limit"/>.
/// </summary>
internal sealed class ServiceHealth(string service, ServiceAddresses addresses, HttpClient http) : IHealthCheck
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The optional service: without an address it does not count.</summary>
    private const string Optional = "frontend";

    private const string Absent = "absent";

    private static readonly string[] Services = ["campaigns", "messaging", "webhooks", Optional];

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(nameof(ServiceHealth));
        foreach (var service in Services)
        {
            builder.Services.AddHealthChecks().Add(new(
                service,
                provider => new ServiceHealth(
                    service, provider.GetRequiredService<ServiceAddresses>(),
                    provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(ServiceHealth))),
                failureStatus: null, tags: null, timeout: Limit));
        }
    }

    /// <summary>Writes <c>{ status, services: { campaigns, … } }</c>.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = Name(report.Status),
        Services = Services.ToDictionary(service => service, service =>
            report.Entries[service] is { Description: Absent } ? Absent : Name(report.Entries[service].Status)),
    }, context.RequestAborted);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken)
    {
        var replicas = addresses.Of(service);
        if (replicas.Count == 0 && service == Optional)
        {
            return HealthCheckResult.Healthy(Absent);
        }

        var answers = replicas.Select(replica => IsHealthyAsync(replica, cancellationToken));
        await foreach (var answer in Task.WhenEach(answers))
        {
            if (await answer)
            {
                return HealthCheckResult.Healthy();
            }
        }

        return HealthCheckResult.Unhealthy();
    }

    private async Task<bool> IsHealthyAsync(Uri replica, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(replica, "health"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Name(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";
}
