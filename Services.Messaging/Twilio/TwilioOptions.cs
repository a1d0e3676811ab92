using System.Text.RegularExpressions;

namespace Services.Messaging;

/// <summary>The Twilio account (section <c>Twilio</c>) and where Twilio reaches us (<c>PublicUrl</c>).</summary>
internal sealed partial class TwilioOptions
{
    private const string DefaultApi = "https://api.twilio.com";
    private const string DefaultContent = "https://content.twilio.com";

    public string AccountSid { get; set; } = "";

    /// <summary>Several, separated by commas, during a rotation: the first signs our calls.</summary>
    public string AuthToken { get; set; } = "";

    public string? ApiBaseUrl { get; set; }

    public string? ContentBaseUrl { get; set; }

    public string PublicUrl { get; set; } = "";

    public Uri Api => BaseUrl.Of(ApiBaseUrl, DefaultApi);

    public Uri Content => BaseUrl.Of(ContentBaseUrl, DefaultContent);

    public string FirstToken => AuthToken.Split(',', 2)[0].Trim();

    public string[] Tokens =>
        AuthToken.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static void Register(IServiceCollection services) =>
        services.AddOptions<TwilioOptions>().BindConfiguration("Twilio")
            .Configure<IConfiguration>((options, settings) => options.PublicUrl = settings["PublicUrl"] ?? "")
            .Validate(
                options => SidShape().IsMatch(options.AccountSid),
                "Twilio__AccountSid must be AC followed by 32 hexadecimal digits, as the Twilio Console shows it.")
            .Validate(
                options => options.FirstToken.Length > 0,
                "Twilio__AuthToken is not set: take it from the Twilio Console; of several, the first signs our calls.")
            .Validate(
                options => BaseUrl.IsValidOrEmpty(options.ApiBaseUrl),
                $"Twilio__ApiBaseUrl must be an absolute http or https address; leave it out for {DefaultApi}.")
            .Validate(
                options => BaseUrl.IsValidOrEmpty(options.ContentBaseUrl),
                $"Twilio__ContentBaseUrl must be an absolute http or https address; leave it out for {DefaultContent}.")
            .Validate(
                options => BaseUrl.IsValid(options.PublicUrl),
                "PublicUrl must be the absolute http or https address at which Twilio reaches the gateway, "
                + "without user name, query or fragment.")
            .ValidateOnStart();

    [GeneratedRegex("^AC[0-9a-fA-F]{32}$", RegexOptions.CultureInvariant)]
    private static partial Regex SidShape();
}
