using Yarp.ReverseProxy.Configuration;

namespace Gateway;

/// <summary>
/// Where the services listen: <c>services:NAME:http:N</c>, as Aspire passes it, one number per replica
/// (https://aspire.dev/fundamentals/service-discovery/). Each cluster gets the destinations of the service that it is
/// named after, or that its metadata names.
/// </summary>
internal sealed class ServiceAddresses(IConfiguration configuration) : IProxyConfigFilter
{
    private const string Service = "Service";

    public bool IsConfigured(string service) => Of(service).Count > 0;

    public IReadOnlyList<Uri> Of(string service) =>
        [.. configuration.GetSection($"services:{service}:http").GetChildren()
            .Where(address => !string.IsNullOrWhiteSpace(address.Value))
            .Select(address => Uri.TryCreate(address.Value, UriKind.Absolute, out var uri)
                ? uri
                : throw new StartRefused(
                    $"{address.Path.Replace(":", "__", StringComparison.Ordinal)} is \"{address.Value}\": "
                    + "write an address such as http://127.0.0.1:5001."))];

    public static string NameOf(ClusterConfig cluster) =>
        cluster.Metadata?.GetValueOrDefault(Service) ?? cluster.ClusterId;

    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) =>
        new(cluster with
        {
            Destinations = Of(NameOf(cluster)).Index().ToDictionary(
                address => $"{cluster.ClusterId}-{address.Index}",
                address => new DestinationConfig { Address = address.Item.AbsoluteUri }),
        });

    public ValueTask<RouteConfig> ConfigureRouteAsync(
        RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
