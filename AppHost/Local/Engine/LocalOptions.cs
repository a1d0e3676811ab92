using System.Globalization;

namespace AppHost;

/// <param name="DataFolder">Where the servers keep their data; one run at a time uses it.</param>
/// <param name="DashboardPort">0: any free port.</param>
/// <param name="OtlpEndpoint">Where services send their telemetry, if anywhere.</param>
internal sealed record LocalOptions(string DataFolder, int DashboardPort = 0, string? OtlpEndpoint = null)
{
    public static LocalOptions From(IConfiguration configuration) => new(
        configuration["Local:DataFolder"] ?? throw new InvalidOperationException("Local:DataFolder is not set."),
        int.Parse(configuration["Local:DashboardPort"] ?? "0", CultureInfo.InvariantCulture),
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
}
