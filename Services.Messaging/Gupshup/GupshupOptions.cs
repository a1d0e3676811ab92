namespace Services.Messaging;

/// <summary>The app at Gupshup (section <c>Gupshup</c>) and where Gupshup reaches us (<c>PublicUrl</c>).</summary>
internal sealed class GupshupOptions
{
    private const string UsualApi = "https://api.gupshup.io/wa/api/v1";

    public string ApiKey { get; set; } = "";

    /// <summary>The app to which our number belongs there.</summary>
    public string AppName { get; set; } = "";

    public string? ApiUrl { get; set; }

    /// <summary>With which Gupshup calls our webhook, and so does its test.</summary>
    public string WebhookSecret { get; set; } = "";

    public string PublicUrl { get; set; } = "";

    public Uri Api => BaseUrl.Of(ApiUrl, UsualApi);

    public static void Register(IServiceCollection services) =>
        services.AddOptions<GupshupOptions>().BindConfiguration("Gupshup")
            .Configure<IConfiguration>((options, settings) => options.PublicUrl = settings["PublicUrl"] ?? "")
            .Validate(
                options => BaseUrl.IsKey(options.ApiKey),
                "Gupshup__ApiKey is not set, or is no key: take it from Gupshup's console, Settings.")
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.AppName),
                "Gupshup__AppName is not set: it is the app's name in Gupshup's console.")
            .Validate(
                options => BaseUrl.IsValidOrEmpty(options.ApiUrl),
                $"Gupshup__ApiUrl must be an absolute http or https address; leave it out for {UsualApi}.")
            .Validate(
                options => BaseUrl.IsValid(options.PublicUrl),
                "PublicUrl must be the absolute http or https address at which Gupshup reaches the gateway, "
                + "without user name, query or fragment.")
            .ValidateOnStart();
}
