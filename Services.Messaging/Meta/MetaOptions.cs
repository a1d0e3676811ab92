namespace Services.Messaging;

/// <summary>Our number at Meta (section <c>Meta</c>) and where Meta reaches us (<c>PublicUrl</c>).</summary>
internal sealed class MetaOptions
{
    // The version that libraries use; older ones are shut down after some two years.
    private const string UsualApi = "https://graph.facebook.com/v25.0";

    public string AccessToken { get; set; } = "";

    /// <summary>Meta's own id of our number.</summary>
    public string PhoneNumberId { get; set; } = "";

    /// <summary>Whose templates are read; empty: nobody's.</summary>
    public string BusinessAccountId { get; set; } = "";

    /// <summary>With the version.</summary>
    public string? ApiUrl { get; set; }

    /// <summary>The word of ours with which the webhook is subscribed, and tested.</summary>
    public string VerifyToken { get; set; } = "";

    public string PublicUrl { get; set; } = "";

    public Uri Api => BaseUrl.Of(ApiUrl, UsualApi);

    public static void Register(IServiceCollection services) =>
        services.AddOptions<MetaOptions>().BindConfiguration("Meta")
            .Configure<IConfiguration>((options, settings) => options.PublicUrl = settings["PublicUrl"] ?? "")
            .Validate(
                options => BaseUrl.IsKey(options.AccessToken),
                "Meta__AccessToken is not set, or is no token: make one for a system user in Meta's Business Manager.")
            .Validate(
                options => options.PhoneNumberId.Length > 0 && options.PhoneNumberId.All(char.IsAsciiDigit),
                "Meta__PhoneNumberId must be the number's id, digits, as Meta shows it beside the number.")
            .Validate(
                options => options.BusinessAccountId.All(char.IsAsciiDigit),
                "Meta__BusinessAccountId must be the WhatsApp business account's id, digits; or leave it out.")
            .Validate(
                options => BaseUrl.IsValidOrEmpty(options.ApiUrl),
                $"Meta__ApiUrl must be an absolute http or https address; leave it out for {UsualApi}.")
            .Validate(
                options => BaseUrl.IsValid(options.PublicUrl),
                "PublicUrl must be the absolute http or https address at which Meta reaches the gateway, "
                + "without user name, query or fragment.")
            .ValidateOnStart();
}
