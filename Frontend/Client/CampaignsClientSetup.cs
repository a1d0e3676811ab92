namespace Frontend;

internal static class CampaignsClientSetup
{
    private const string Setting = "services:gateway:http:0";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static void AddCampaignsClient(this WebApplicationBuilder builder)
    {
        var gateway = GatewayOf(builder.Configuration);
        builder.Services.AddScoped<OpenWrites>();
        builder.Services.AddHttpClient<CampaignsClient>(http =>
            {
                http.BaseAddress = gateway;
                http.Timeout = Limit;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                UseCookies = false, // each call brings its visitor's
                AllowAutoRedirect = false,
                UseProxy = false,
                MaxConnectionsPerServer = 512, // each open campaign page holds one for its events
            });
    }

    /// <summary>The gateway's address.</summary>
    public static Uri GatewayOf(IConfiguration configuration) => new(configuration[Setting]
        ?? throw new InvalidOperationException(
            $"{Setting.Replace(":", "__", StringComparison.Ordinal)} is missing: the gateway's address."));
}
