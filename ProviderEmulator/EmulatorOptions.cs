using System.ComponentModel.DataAnnotations;

namespace ProviderEmulator;

/// <summary>
/// Settings under <c>Emulator</c>. All are fixed at start; what changes during a run is in the scenario.
/// </summary>
internal sealed class EmulatorOptions : IValidatableObject
{
    public const string Section = "Emulator";

    /// <summary>Whose API is served, and whose webhooks are called.</summary>
    public Provider Provider { get; init; }

    public GupshupAccount Gupshup { get; init; } = new();

    public MetaAccount Meta { get; init; } = new();

    /// <summary>The Twilio account that the client calls with.</summary>
    [RegularExpression("^AC[0-9a-fA-F]{32}$",
        ErrorMessage = "Emulator__AccountSid must be AC and 32 hexadecimal digits.")]
    public string AccountSid { get; init; } = "";

    /// <summary>The client's password, and the key of every signature.</summary>
    public string AuthToken { get; init; } = "";

    /// <summary>The sandbox's sender, E.164 without <c>whatsapp:</c>.</summary>
    [RegularExpression(@"^\+[1-9][0-9]{6,14}$", ErrorMessage = "Emulator__SandboxNumber must be E.164: + and digits.")]
    public string SandboxNumber { get; init; } = "+14155238886";

    /// <summary>Twilio: further senders, separated by commas. The sandbox's least interval is not theirs.</summary>
    [RegularExpression(@"^(\+[1-9][0-9]{6,14}(,(?!$)|$))*$",
        ErrorMessage = "Emulator__Senders must be numbers in E.164, separated by commas.")]
    public string Senders { get; init; } = "";

    [RegularExpression("^[a-zA-Z0-9-]{1,40}$",
        ErrorMessage = "Emulator__JoinCode must be letters, digits and hyphens.")]
    public string JoinCode { get; init; } = "green-river";

    /// <summary>
    /// Where messages from the phones are posted, and with other providers than Twilio reports too; without it they are
    /// only recorded.
    /// </summary>
    [Url(ErrorMessage = "Emulator__InboundWebhookUrl must be an absolute http or https address.")]
    public string? InboundWebhookUrl { get; init; }

    /// <summary>What the scenario starts with: sandbox rules, or a production sender's.</summary>
    public bool Sandbox { get; init; } = true;

    /// <summary>The sandbox takes one message in this time; arrivals that are closer get 63018.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Emulator__MinInterval must be 00:00:00 to 01:00:00.")]
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long every answer of the API takes at least.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Emulator__Latency must be 00:00:00 to 00:01:00.")]
    public TimeSpan Latency { get; init; }

    /// <summary>From acceptance to <c>sent</c>, or to <c>failed</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Emulator__SentAfter must be 00:00:00 to 01:00:00.")]
    public TimeSpan SentAfter { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>From acceptance to <c>delivered</c>, or to <c>undelivered</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Emulator__DeliveredAfter must be 00:00:00 to 01:00:00.")]
    public TimeSpan DeliveredAfter { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>From acceptance to <c>read</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Emulator__ReadAfter must be 00:00:00 to 01:00:00.")]
    public TimeSpan ReadAfter { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Messages that stay readable; the oldest beyond are forgotten, so that memory has a bound.</summary>
    [Range(100, 2_000_000, ErrorMessage = "Emulator__KeptMessages must be 100 to 2000000.")]
    public int KeptMessages { get; init; } = 200_000;

    /// <summary>Entries of the log of arrivals; the oldest beyond are forgotten.</summary>
    [Range(100, 1_000_000, ErrorMessage = "Emulator__KeptArrivals must be 100 to 1000000.")]
    public int KeptArrivals { get; init; } = 20_000;

    /// <summary>Whether it is one of the client's numbers.</summary>
    public bool Sends(string number) => number == SandboxNumber || Senders.Split(',').Contains(number);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Value, string Name, string Meaning)[] needs = Provider switch
        {
            Provider.Gupshup =>
            [
                (Gupshup.ApiKey, "Gupshup__ApiKey", "the key that the client calls with"),
                (Gupshup.AppName, "Gupshup__AppName", "the app's name that the client sends along"),
                (Gupshup.WebhookSecret, "Gupshup__WebhookSecret", "the secret that the webhook expects"),
            ],
            Provider.Meta =>
            [
                (Meta.AccessToken, "Meta__AccessToken", "the token that the client calls with"),
                (Meta.PhoneNumberId, "Meta__PhoneNumberId", "the number's id, digits, that the client calls"),
                (Meta.AppSecret, "Meta__AppSecret", "the secret that signs the webhooks"),
            ],
            _ =>
            [
                (AccountSid, "AccountSid", "AC and 32 hexadecimal digits"),
                (AuthToken, "AuthToken", "the token that the client and the webhooks use"),
            ],
        };
        return needs.Where(need => need.Value.Length == 0)
            .Select(need => new ValidationResult($"Set Emulator__{need.Name} to {need.Meaning}."));
    }
}

/// <summary>The client's app at Gupshup.</summary>
internal sealed class GupshupAccount
{
    public string ApiKey { get; init; } = "";

    public string AppName { get; init; } = "";

    /// <summary>Sent with each webhook, as <c>Authorization</c>.</summary>
    public string WebhookSecret { get; init; } = "";
}

/// <summary>The client's app and number at Meta.</summary>
internal sealed class MetaAccount
{
    public string AccessToken { get; init; } = "";

    public string PhoneNumberId { get; init; } = "";

    /// <summary>The business account, whose templates are listed.</summary>
    public string BusinessAccountId { get; init; } = "200000000000002";

    /// <summary>The key of the webhooks' signatures.</summary>
    public string AppSecret { get; init; } = "";
}
