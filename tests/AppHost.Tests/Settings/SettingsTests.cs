using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace AppHost.Tests;

public sealed class SettingsTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private static (string Name, string Value)[] Credentials(string provider) => provider is "gupshup"
        ? [("GUPSHUP_API_KEY", "key"), ("GUPSHUP_APP_NAME", "FictionApp"), ("GUPSHUP_PHONE_NUMBER", "+33199000001")]
        :
        [
            ("META_ACCESS_TOKEN", "token"), ("META_PHONE_NUMBER_ID", "100000000000001"),
            ("META_PHONE_NUMBER", "+33199000001"), ("META_APP_SECRET", "secret"),
        ];

    private static Settings Parse(params (string Name, string Value)[] values) =>
        Settings.Parse(values.ToDictionary(pair => pair.Name, pair => pair.Value));

    [Fact]
    public void Nothing_set_means_the_emulator_and_the_documented_defaults()
    {
        var settings = Parse();

        Assert.Empty(settings.Problems);
        Assert.Equal(Mode.Emulator, settings.Mode);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.MinInterval);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.RetryBaseDelay);
        Assert.Null(settings.RatePerSecond);
        Assert.Equal((8080, 1, 1), (settings.GatewayPort, settings.MessagingReplicas, settings.CampaignsReplicas));
        Assert.Equal("http://localhost:8080", settings.PublicUrl);
        Assert.NotEmpty(settings.JoinCode);
    }

    [Theory]
    [InlineData("+14155238886", nameof(Mode.Sandbox))]
    [InlineData("+33612345678", nameof(Mode.Production))]
    public void With_credentials_the_sender_tells_the_sandbox_from_production(string number, string mode)
    {
        var settings = Parse(
            ("TWILIO_ACCOUNT_SID", Sid), ("TWILIO_AUTH_TOKEN", "new,old"), ("TWILIO_SANDBOX_NUMBER", number));

        Assert.Empty(settings.Problems);
        Assert.Equal(mode, settings.Mode.ToString());
        Assert.Equal("new,old", settings.AuthToken);
        Assert.Equal("", settings.JoinCode);
    }

    [Theory]
    [InlineData("TWILIO_ACCOUNT_SID", Sid)]
    [InlineData("TWILIO_AUTH_TOKEN", "token")]
    [InlineData("TWILIO_API_BASE_URL", "http://localhost:9000")]
    [InlineData("TWILIO_SANDBOX_NUMBER", "14155238886")]
    [InlineData("TWILIO_SANDBOX_NUMBER", "+0123456789")]
    [InlineData("MESSAGING_MIN_INTERVAL", "3")]
    [InlineData("MESSAGING_MIN_INTERVAL", "-00:00:03")]
    [InlineData("MESSAGING_MIN_INTERVAL", "01:00:00.001")]
    [InlineData("MESSAGING_MIN_INTERVAL", "soon")]
    [InlineData("MESSAGING_RETRY_BASE_DELAY", "1 min")]
    [InlineData("MESSAGING_RETRY_BASE_DELAY", "00:00:00")]
    [InlineData("MESSAGING_RATE_PER_SECOND", "0")]
    [InlineData("MESSAGING_RATE_PER_SECOND", "0.009")]
    [InlineData("MESSAGING_RATE_PER_SECOND", "-80")]
    [InlineData("MESSAGING_RATE_PER_SECOND", "80,5")]
    [InlineData("MESSAGING_PER_DAY", "0")]
    [InlineData("MESSAGING_PER_DAY", "many")]
    [InlineData("SENDERS", "33199000001")]
    [InlineData("SENDERS", "+33199000001=80")]
    [InlineData("SENDERS", "+33199000001=0/s")]
    [InlineData("SENDERS", "+33199000001=1001/s")]
    [InlineData("SENDERS", "+33199000001=3601s")]
    [InlineData("SENDERS", "+33199000001=1/h; +33199000002=20/min")]
    [InlineData("SENDERS", "+33199000001; +33199000001=3s")]
    [InlineData("SENDERS", "+14155238886=3s")]
    [InlineData("MESSAGING_REPLICAS", "0")]
    [InlineData("CAMPAIGNS_REPLICAS", "two")]
    [InlineData("GATEWAY_PORT", "65536")]
    [InlineData("GATEWAY_PORT", "+80")]
    [InlineData("CAMPAIGNS_DASHBOARD_PORT", "http")]
    [InlineData("TEXTS_KEEP_DAYS", "0")]
    [InlineData("TEXTS_KEEP_DAYS", "3651")]
    [InlineData("PUBLIC_URL", "example.org")]
    [InlineData("PUBLIC_URL", "ftp://example.org")]
    [InlineData("PUBLIC_URL", "https://example.org/?a=b")]
    [InlineData("CORS_ALLOWED_ORIGINS", "*")]
    [InlineData("CORS_ALLOWED_ORIGINS", "https://example.org,https://example.org/app")]
    [InlineData("WHATSAPP_PROVIDER", "whatsapp")]
    [InlineData("GUPSHUP_PHONE_NUMBER", "33199000001")]
    [InlineData("META_PHONE_NUMBER_ID", "+33199000001")]
    [InlineData("META_BUSINESS_ACCOUNT_ID", "ours")]
    public void What_is_not_valid_is_one_line_that_names_the_setting(string name, string value)
    {
        var problem = Assert.Single(Parse((name, value)).Problems);

        Assert.Contains(name, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
        Assert.DoesNotContain("token\"", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_sid_that_cannot_be_one_is_refused_without_being_repeated()
    {
        var problem = Assert.Single(Parse(("TWILIO_ACCOUNT_SID", "AC123"), ("TWILIO_AUTH_TOKEN", "token")).Problems);

        Assert.StartsWith("TWILIO_ACCOUNT_SID", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("AC123", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gupshup", "+917834811114", 2.4, null)]
    [InlineData("meta", "+12025550100", 3.0, "80")]
    [InlineData("Twilio", "+14155238886", 3.0, null)]
    public void Without_credentials_the_emulator_speaks_the_providers_dialect_at_its_pace(
        string provider, string sender, double seconds, string? rate)
    {
        var settings = Parse(("WHATSAPP_PROVIDER", provider));

        Assert.Empty(settings.Problems);
        Assert.Equal((Mode.Emulator, sender), (settings.Mode, settings.Sender));
        Assert.Equal((TimeSpan.FromSeconds(seconds), rate), (settings.MinInterval, settings.RatePerSecond));
    }

    [Theory]
    [InlineData("gupshup")]
    [InlineData("meta")]
    public void With_credentials_of_gupshup_or_meta_it_is_production(string provider)
    {
        var settings = Parse([("WHATSAPP_PROVIDER", provider), .. Credentials(provider)]);

        Assert.Empty(settings.Problems);
        Assert.Equal((Mode.Production, "+33199000001", ""), (settings.Mode, settings.Sender, settings.JoinCode));
    }

    [Theory]
    [InlineData("gupshup")]
    [InlineData("meta")]
    public void Each_credential_that_is_missing_is_named(string provider)
    {
        var all = Credentials(provider);
        foreach (var missing in all)
        {
            var problem = Assert.Single(
                Parse([("WHATSAPP_PROVIDER", provider), .. all.Where(one => one != missing)]).Problems);

            Assert.StartsWith($"{missing.Name} is missing", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Credentials_of_a_provider_that_does_not_send_need_not_be_complete() => Assert.Empty(Parse(
        ("WHATSAPP_PROVIDER", "meta"), ("TWILIO_AUTH_TOKEN", "token"), ("GUPSHUP_APP_NAME", "FictionApp")).Problems);

    [Theory]
    [InlineData("gupshup", "GUPSHUP_API_URL")]
    [InlineData("meta", "META_API_URL")]
    public void Another_endpoint_needs_credentials(string provider, string name) => Assert.StartsWith(
        name, Assert.Single(Parse(("WHATSAPP_PROVIDER", provider), (name, "http://localhost:9000")).Problems),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("gupshup", "MESSAGING_MIN_INTERVAL", "00:00:01", 1.0, null)]
    [InlineData("meta", "MESSAGING_MIN_INTERVAL", "00:00:01", 1.0, null)]
    [InlineData("meta", "MESSAGING_RATE_PER_SECOND", "20", 3.0, "20")]
    public void A_pace_that_is_set_goes_before_the_providers(
        string provider, string name, string value, double seconds, string? rate)
    {
        var settings = Parse(("WHATSAPP_PROVIDER", provider), (name, value));

        Assert.Equal((TimeSpan.FromSeconds(seconds), rate), (settings.MinInterval, settings.RatePerSecond));
    }

    [Fact]
    public void Further_senders_have_a_rate_an_interval_or_neither()
    {
        var settings = Parse(
            ("SENDERS", "+33199000001=80/s; +33199000002 = 30/min ;+33199000003=2.4s;+33199000004;"));

        Assert.Empty(settings.Problems);
        Assert.Equal(
            [
                new("+33199000001", "80", null), new("+33199000002", "0.5", null),
                new("+33199000003", null, TimeSpan.FromSeconds(2.4)), new("+33199000004", null, null),
            ],
            settings.Senders);
    }

    [Theory]
    [InlineData("WHATSAPP_PROVIDER", "meta", "WHATSAPP_PROVIDER")]
    [InlineData("TWILIO_ACCOUNT_SID", Sid, "TWILIO_SANDBOX_NUMBER")]
    public void Further_senders_are_refused_where_there_can_be_but_one(string name, string value, string remedy)
    {
        var problem = Assert.Single(Parse(
            (name, value), ("TWILIO_AUTH_TOKEN", name is "TWILIO_ACCOUNT_SID" ? "token" : ""),
            ("SENDERS", "+33199000001=80/s")).Problems);

        Assert.StartsWith("SENDERS", problem, StringComparison.Ordinal);
        Assert.Contains(remedy, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bad_setting_is_told_at_once() => Assert.Equal(3, Parse(
        ("GATEWAY_PORT", "0"), ("MESSAGING_REPLICAS", "-1"), ("PUBLIC_URL", "//")).Problems.Count);

    [Fact]
    public void Any_port_is_accepted_exactly_if_it_is_one() => Prop.ForAll<int>(number =>
        Parse(("GATEWAY_PORT", number.ToString(CultureInfo.InvariantCulture))) is var settings
        && (number is >= 1 and <= 65535
            ? settings.Problems.Count == 0 && settings.GatewayPort == number
            : settings.Problems.Count == 1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_interval_up_to_an_hour_is_read_back_as_it_was_written() => Prop.ForAll<uint>(number =>
    {
        var interval = TimeSpan.FromMilliseconds(number % 3_600_001);
        var settings = Parse(("MESSAGING_MIN_INTERVAL", interval.ToString("c")));
        return settings.Problems.Count == 0 && settings.MinInterval == interval;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("https://example.org/", "https://example.org")]
    [InlineData(" https://example.org/path ", "https://example.org/path")]
    public void The_public_address_has_no_slash_at_the_end(string written, string read) =>
        Assert.Equal(read, Parse(("PUBLIC_URL", written)).PublicUrl);

    [Fact]
    public void Origins_are_separated_by_commas() => Assert.Equal(
        "https://a.example,http://localhost:3000",
        Parse(("CORS_ALLOWED_ORIGINS", "https://a.example/, http://localhost:3000")).CorsAllowedOrigins);
}
