using System.Globalization;
using System.Text.RegularExpressions;

namespace AppHost;

internal enum WhatsAppProvider
{
    Twilio,
    Gupshup,
    Meta,
}

internal enum Mode
{
    /// <summary>No credentials: the built-in stand-in for the provider.</summary>
    Emulator,

    /// <summary>Twilio's shared Sandbox number.</summary>
    Sandbox,

    /// <summary>A sender of one's own.</summary>
    Production,
}

/// <summary>A number that sends beside the main one; without rate and interval at the common pace.</summary>
internal sealed record FurtherSender(string Number, string? RatePerSecond, TimeSpan? MinInterval);

/// <summary>The settings of the local run, checked; <see cref="SettingDescription"/> tells what they mean.</summary>
internal sealed partial class Settings
{
    /// <summary>The sender all Sandbox users share. https://www.twilio.com/docs/whatsapp/sandbox</summary>
    public const string SharedSandboxNumber = "+14155238886";

    /// <summary>From which all of Gupshup's sandboxes send. https://docs.gupshup.io/docs/session-messages</summary>
    private const string GupshupSandboxNumber = "+917834811114";

    /// <summary>Nobody's: of those that are kept for fiction.</summary>
    private const string FictionalNumber = "+12025550100";

    private const string EmulatorJoinCode = "calm-harbour";

    /// <summary>25 messages a minute.</summary>
    private static readonly TimeSpan GupshupInterval = TimeSpan.FromSeconds(2.4);

    /// <summary>
    /// Messages per second of a number at Meta.
    /// https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
    /// </summary>
    private const string MetaRate = "80";

    private readonly IReadOnlyDictionary<string, string> values;
    private readonly List<string> problems = [];

    /// <summary>What the provider that sends needs.</summary>
    private readonly string[] credentials;

    private Settings(IReadOnlyDictionary<string, string> values)
    {
        this.values = values;
        var provider = Text("WHATSAPP_PROVIDER");
        Check("WHATSAPP_PROVIDER", Providers.ContainsKey(provider), "twilio, gupshup or meta");
        Provider = Providers.GetValueOrDefault(provider);
        AccountSid = Text("TWILIO_ACCOUNT_SID");
        AuthToken = Text("TWILIO_AUTH_TOKEN");
        CheckAccountSid();
        GupshupApiKey = Text("GUPSHUP_API_KEY");
        GupshupAppName = Text("GUPSHUP_APP_NAME");
        GupshupWebhookSecret = Text("GUPSHUP_WEBHOOK_SECRET");
        MetaAccessToken = Text("META_ACCESS_TOKEN");
        MetaPhoneNumberId = Text("META_PHONE_NUMBER_ID");
        Check("META_PHONE_NUMBER_ID", MetaPhoneNumberId.All(char.IsAsciiDigit),
            "the id that Meta shows beside the number, digits");
        MetaBusinessAccountId = Text("META_BUSINESS_ACCOUNT_ID");
        Check("META_BUSINESS_ACCOUNT_ID", MetaBusinessAccountId.All(char.IsAsciiDigit),
            "the id of the WhatsApp business account, digits");
        MetaAppSecret = Text("META_APP_SECRET");
        MetaVerifyToken = Text("META_VERIFY_TOKEN");
        credentials = Provider switch
        {
            WhatsAppProvider.Gupshup => ["GUPSHUP_API_KEY", "GUPSHUP_APP_NAME", "GUPSHUP_PHONE_NUMBER"],
            WhatsAppProvider.Meta =>
                ["META_ACCESS_TOKEN", "META_PHONE_NUMBER_ID", "META_PHONE_NUMBER", "META_APP_SECRET"],
            _ => ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"],
        };
        CheckComplete();
        SandboxNumber = Phone("TWILIO_SANDBOX_NUMBER");
        Sender = Provider switch
        {
            WhatsAppProvider.Gupshup => Phone("GUPSHUP_PHONE_NUMBER", GupshupSandboxNumber),
            WhatsAppProvider.Meta => Phone("META_PHONE_NUMBER", FictionalNumber),
            _ => SandboxNumber,
        };
        Mode = credentials.All(name => Text(name) is "") ? Mode.Emulator
            : Provider is WhatsAppProvider.Twilio && SandboxNumber == SharedSandboxNumber ? Mode.Sandbox
            : Mode.Production;
        JoinCode = Provider is not WhatsAppProvider.Twilio ? ""
            : Text("TWILIO_SANDBOX_JOIN_CODE", Mode == Mode.Emulator ? EmulatorJoinCode : "");
        TwilioApiBaseUrl = ProviderAddress("TWILIO_API_BASE_URL", WhatsAppProvider.Twilio);
        TwilioContentBaseUrl = ProviderAddress("TWILIO_CONTENT_BASE_URL", WhatsAppProvider.Twilio);
        GupshupApiUrl = ProviderAddress("GUPSHUP_API_URL", WhatsAppProvider.Gupshup);
        MetaApiUrl = ProviderAddress("META_API_URL", WhatsAppProvider.Meta);
        var paced = Text("MESSAGING_MIN_INTERVAL", "") is not "";
        MinInterval = Provider is WhatsAppProvider.Gupshup && !paced
            ? GupshupInterval
            : Interval("MESSAGING_MIN_INTERVAL", TimeSpan.Zero, TimeSpan.FromHours(1));
        RatePerSecond = Rate("MESSAGING_RATE_PER_SECOND")
            ?? (Provider is WhatsAppProvider.Meta && !paced ? MetaRate : null);
        PerDay = Number("MESSAGING_PER_DAY", 1, 100_000_000);
        Senders = [.. FurtherSenders("SENDERS")];
        RetryBaseDelay = Interval(
            "MESSAGING_RETRY_BASE_DELAY", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(12));
        MessagingReplicas = Number("MESSAGING_REPLICAS", 1, 100);
        CampaignsReplicas = Number("CAMPAIGNS_REPLICAS", 1, 100);
        GatewayPort = Number("GATEWAY_PORT", 1, 65535);
        DashboardPort = Number("CAMPAIGNS_DASHBOARD_PORT", 1, 65535);
        PublicUrl = Address("PUBLIC_URL") ?? $"http://localhost:{GatewayPort}";
        DataDirectory = Text("CAMPAIGNS_DATA_DIR");
        AdminPassword = Text("CAMPAIGNS_ADMIN_PASSWORD");
        TextsKeepDays = Number("TEXTS_KEEP_DAYS", 1, 3650);
        CorsAllowedOrigins = Origins("CORS_ALLOWED_ORIGINS");
        GupshupPhoneNumber = Provider is WhatsAppProvider.Gupshup ? Sender : Phone("GUPSHUP_PHONE_NUMBER");
        OtlpEndpoint = Address(SettingDescription.OtlpEndpoint) ?? "";
    }

    private static Dictionary<string, WhatsAppProvider> Providers { get; } = Enum.GetValues<WhatsAppProvider>()
        .ToDictionary(provider => provider.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the settings: some are secrets, and services know them by other names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. SettingDescription.All.Select(setting => setting.Name)
            .Where(name => name != SettingDescription.OtlpEndpoint),
    ];

    /// <summary>What is wrong: one line a setting, with its name and the remedy.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Who sends.</summary>
    public WhatsAppProvider Provider { get; }

    public Mode Mode { get; }

    /// <summary>The number that sends, in E.164.</summary>
    public string Sender { get; }

    /// <summary>Those beside it.</summary>
    public IReadOnlyList<FurtherSender> Senders { get; }

    public string AccountSid { get; }

    /// <summary>One token, or several separated by commas during a rotation.</summary>
    public string AuthToken { get; }

    /// <summary>Twilio's.</summary>
    public string SandboxNumber { get; }

    /// <summary>Empty where there is no Sandbox to join.</summary>
    public string JoinCode { get; }

    public string? TwilioApiBaseUrl { get; }

    public string? TwilioContentBaseUrl { get; }

    public TimeSpan MinInterval { get; }

    /// <summary>Replaces <see cref="MinInterval"/> when set.</summary>
    public string? RatePerSecond { get; }

    /// <summary>Messages of a sender in a day; 0: any number.</summary>
    public int PerDay { get; }

    public TimeSpan RetryBaseDelay { get; }

    public int MessagingReplicas { get; }

    public int CampaignsReplicas { get; }

    public int GatewayPort { get; }

    /// <summary>0: any free port.</summary>
    public int DashboardPort { get; }

    /// <summary>Without a slash at the end.</summary>
    public string PublicUrl { get; }

    public string DataDirectory { get; }

    /// <summary>Empty: one is generated and kept in the data folder.</summary>
    public string AdminPassword { get; }

    /// <summary>0: for ever.</summary>
    public int TextsKeepDays { get; }

    public string CorsAllowedOrigins { get; }

    public string GupshupApiKey { get; }

    public string GupshupAppName { get; }

    public string? GupshupApiUrl { get; }

    /// <summary>
    /// Empty: one is generated if Gupshup sends; else nothing is taken from it. So with <see cref="MetaVerifyToken"/>.
    /// </summary>
    public string GupshupWebhookSecret { get; }

    public string GupshupPhoneNumber { get; }

    public string MetaAccessToken { get; }

    public string MetaPhoneNumberId { get; }

    public string MetaBusinessAccountId { get; }

    public string? MetaApiUrl { get; }

    /// <summary>Empty: nothing is taken from Meta.</summary>
    public string MetaAppSecret { get; }

    public string MetaVerifyToken { get; }

    public string OtlpEndpoint { get; }

    public static Settings Parse(IReadOnlyDictionary<string, string> values) => new(values);

    /// <summary>The environment, and below it the <c>.env</c> file in <paramref name="root"/>.</summary>
    public static Settings Load(string root)
    {
        var file = Path.Combine(root, ".env");
        var values = File.Exists(file) ? SettingsFile.Parse(File.ReadAllText(file)) : [];
        foreach (var name in Names.Append(SettingDescription.OtlpEndpoint))
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                values[name] = value;
            }
        }

        return Parse(values);
    }

    private string Text(string name, string? otherwise = null) =>
        values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value)
            ? value.Trim()
            : otherwise ?? SettingDescription.DefaultOf(name);

    private bool Check(string name, bool holds, string remedy)
    {
        if (!holds)
        {
            problems.Add($"{name} is not valid: set it to {remedy}.");
        }

        return holds;
    }

    private void CheckAccountSid()
    {
        if (AccountSid is not "" && AuthToken is not "")
        {
            Check("TWILIO_ACCOUNT_SID", Sid().IsMatch(AccountSid),
                "AC and 32 hexadecimal digits, as Twilio's console shows it");
        }
    }

    /// <summary>All of what the provider needs, or nothing of it.</summary>
    private void CheckComplete()
    {
        var missing = credentials.Where(name => Text(name) is "").ToArray();
        if (missing.Length < credentials.Length)
        {
            var others = string.Join(" and ", credentials.Except(missing));
            problems.AddRange(missing.Select(name =>
                $"{name} is missing: set it too, or remove {others} to use the built-in emulator."));
        }
    }

    /// <summary>Another address than the provider's own; the emulator has its own.</summary>
    private string? ProviderAddress(string name, WhatsAppProvider owner)
    {
        var address = Address(name);
        if (address is not null && Provider == owner && Mode == Mode.Emulator)
        {
            problems.Add($"{name} needs credentials: set {string.Join(" and ", credentials)}, or remove it to use the "
                + "built-in emulator.");
        }

        return address;
    }

    private string Phone(string name, string? otherwise = null)
    {
        var number = Text(name, otherwise);
        Check(name, number is "" || PhoneNumber().IsMatch(number), "a number in E.164 such as +33199000001");
        return number;
    }

    private string? Address(string name)
    {
        var text = Text(name);
        var valid = Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" };
        return text is not "" && Check(name, valid, "an address such as https://example.org, without query")
            ? text.TrimEnd('/')
            : null;
    }

    // Within what the services accept: they would refuse to start, again and again.
    private TimeSpan Interval(string name, TimeSpan least, TimeSpan most)
    {
        var text = Text(name);
        // TimeSpan would take "3" for three days.
        var valid = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval)
            && text.Count(letter => letter == ':') == 2
            && interval >= least && interval <= most;
        Check(name, valid,
            $"hours:minutes:seconds, from {least:c} to {most:c}, such as {SettingDescription.DefaultOf(name)}");
        return interval;
    }

    private string? Rate(string name)
    {
        var text = Text(name);
        var rate = RateOf(text);
        return text is not "" && Check(name, rate is not null, "messages per second, from 0.01 to 1000, such as 80")
            ? rate
            : null;
    }

    /// <summary>Null if it is none.</summary>
    private static string? RateOf(string text, int seconds = 1) => NumberOf(text) / seconds is { } rate
        && rate is >= 0.01m and <= 1000 ? rate.ToString(CultureInfo.InvariantCulture) : null;

    private static decimal? NumberOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private List<FurtherSender> FurtherSenders(string name)
    {
        const string remedy = "numbers in E.164, separated by semicolons, each with its rate if it has one, such as "
            + "+33199000001=80/s; +33199000002=20/min; +33199000003=3s; +33199000004";
        const StringSplitOptions entries = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var senders = new List<FurtherSender>();
        foreach (var entry in Text(name).Split(';', entries))
        {
            var (number, pace) = entry.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right]
                ? (left, right)
                : (entry, null);
            var (rate, interval) = pace is null ? (null, null) : PaceOf(pace);
            var valid = PhoneNumber().IsMatch(number) && (pace is null || rate is not null || interval is not null);
            if (!Check($"{name} ({entry})", valid, remedy))
            {
                continue;
            }

            if (number == Sender || senders.Exists(other => other.Number == number))
            {
                problems.Add($"{name} names {number}, which sends already: remove it"
                    + (number == Sender ? "; its pace is MESSAGING_RATE_PER_SECOND or MESSAGING_MIN_INTERVAL." : "."));
            }

            senders.Add(new(number, rate, interval));
        }

        if (senders.Count > 0 && Mode is Mode.Sandbox)
        {
            problems.Add($"{name} is not for the Sandbox, which has one number: set TWILIO_SANDBOX_NUMBER to a sender of "
                + $"your own, or remove {name}.");
        }
        else if (senders.Count > 0 && Provider is not WhatsAppProvider.Twilio)
        {
            // There a number comes with an id or an app of its own.
            problems.Add($"{name} is for Twilio's senders: remove it, or set WHATSAPP_PROVIDER to twilio.");
        }

        return senders;
    }

    /// <summary><c>80/s</c> and <c>20/min</c> are rates, <c>3s</c> an interval of up to an hour; else neither.</summary>
    private static (string? RatePerSecond, TimeSpan? MinInterval) PaceOf(string pace) => pace switch
    {
        _ when pace.EndsWith("/s", StringComparison.Ordinal) => (RateOf(pace[..^2].TrimEnd()), null),
        _ when pace.EndsWith("/min", StringComparison.Ordinal) => (RateOf(pace[..^4].TrimEnd(), 60), null),
        [.. var seconds, 's'] when NumberOf(seconds.TrimEnd()) is <= 3600 and var interval =>
            (null, TimeSpan.FromSeconds((double)interval)),
        _ => (null, null),
    };

    /// <summary>0 if it is not set and has no default.</summary>
    private int Number(string name, int least, int most)
    {
        var text = Text(name);
        if (text is "")
        {
            return 0;
        }

        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most;
        Check(name, valid, $"a whole number from {least} to {most}");
        return number;
    }

    private string Origins(string name)
    {
        var origins = Text(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(origin => origin.TrimEnd('/')).ToArray();
        var valid = origins.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && address.GetLeftPart(UriPartial.Authority).Length >= origin.Length);
        Check(name, valid, "origins separated by commas, such as https://app.example.org, without a path");
        return string.Join(',', origins);
    }

    [GeneratedRegex(@"^\+[1-9]\d{6,14}\z")]
    private static partial Regex PhoneNumber();

    [GeneratedRegex(@"^AC[0-9a-fA-F]{32}\z")]
    private static partial Regex Sid();
}
