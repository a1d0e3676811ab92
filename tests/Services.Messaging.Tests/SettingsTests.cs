using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Services.Messaging.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Sending:MinInterval", "-00:00:01", "Sending__MinInterval")]
    [InlineData("Sending:MinInterval", "01:00:01", "Sending__MinInterval")]
    [InlineData("Sending:RatePerSecond", "0", "Sending__RatePerSecond")]
    [InlineData("Sending:RatePerSecond", "1001", "Sending__RatePerSecond")]
    [InlineData("Sending:RatePerSecond", "NaN", "Sending__RatePerSecond")]
    [InlineData("Sending:Senders:0:RatePerSecond", "80", "Sending__Senders")]
    [InlineData("Sending:RetryBaseDelay", "00:00:00", "Sending__RetryBaseDelay")]
    [InlineData("Sending:CallLimit", "00:01:01", "Sending__CallLimit")]
    [InlineData("Sending:AskAfter", "00:00:00", "Sending__AskAfter")]
    [InlineData("Sending:SelfTestPause", "01:00:01", "Sending__SelfTestPause")]
    [InlineData("Sending:RecoverPause", "-00:00:01", "Sending__RecoverPause")]
    [InlineData("Sending:UnconfirmedAfter", "00:00:01", "Sending__UnconfirmedAfter")]
    [InlineData("Sending:UnconfirmedAfter", "8.00:00:00", "Sending__UnconfirmedAfter")]
    [InlineData("Gupshup:ApiKey", "", "Gupshup__ApiKey")]
    [InlineData("Gupshup:ApiKey", "two words", "Gupshup__ApiKey")]
    [InlineData("Gupshup:AppName", " ", "Gupshup__AppName")]
    [InlineData("Gupshup:ApiUrl", "api.gupshup.io", "Gupshup__ApiUrl")]
    [InlineData("Meta:AccessToken", "", "Meta__AccessToken")]
    [InlineData("Meta:PhoneNumberId", "", "Meta__PhoneNumberId")]
    [InlineData("Meta:PhoneNumberId", "+33199000001", "Meta__PhoneNumberId")]
    [InlineData("Meta:BusinessAccountId", "ours", "Meta__BusinessAccountId")]
    [InlineData("Meta:ApiUrl", "https://me:secret@graph.facebook.com", "Meta__ApiUrl")]
    [InlineData("Twilio:AccountSid", "", "Twilio__AccountSid")]
    [InlineData("Twilio:AccountSid", "AC123", "Twilio__AccountSid")]
    [InlineData("Twilio:AuthToken", " ,second", "Twilio__AuthToken")]
    [InlineData("Twilio:ApiBaseUrl", "api.twilio.com", "Twilio__ApiBaseUrl")]
    [InlineData("PublicUrl", "", "PublicUrl")]
    [InlineData("PublicUrl", "ftp://example.org", "PublicUrl")]
    [InlineData("PublicUrl", "https://example.org/?a=b", "PublicUrl")]
    [InlineData("PublicUrl", "https://me:secret@example.org", "PublicUrl")]
    public void A_setting_that_cannot_be_is_named_in_one_line(string key, string value, string named)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Read((key, value)));

        Assert.StartsWith(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Without_settings_of_its_own_sending_keeps_the_Sandboxs_pace()
    {
        var (sending, twilio) = Read();

        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1), 1),
            (sending.For("").Spacing, sending.RetryBaseDelay, sending.Concurrency));
        Assert.Equal(new Uri("https://api.twilio.com"), twilio.Api);
    }

    [Fact]
    public void A_rate_replaces_the_interval_also_beside_an_empty_one()
    {
        var (sending, _) = Read(("Sending:RatePerSecond", "80"), ("Twilio:ApiBaseUrl", ""));

        var pace = sending.For("");
        Assert.False(pace.Strict);
        Assert.InRange(pace.Places / pace.Period.TotalSeconds, 0.95 * 80, 80);
        Assert.True(Read(("Sending:RatePerSecond", "")).Sending.For("").Strict);
    }

    [Fact]
    public void A_further_sender_has_its_own_pace_or_else_the_common_one_and_room_for_all_its_orders()
    {
        var (sending, _) = Read(
            ("Sending:RatePerSecond", "20"),
            ("Sending:Senders:0:Number", "+33199000001"), ("Sending:Senders:0:RatePerSecond", "80"),
            ("Sending:Senders:1:Number", "+33199000002"), ("Sending:Senders:1:MinInterval", "00:00:05"),
            ("Sending:Senders:2:Number", "+33199000003"));

        Assert.Equal(80, sending.For("+33199000001").RatePerSecond);
        Assert.Equal((true, TimeSpan.FromSeconds(5)),
            (sending.For("+33199000002").Strict, sending.For("+33199000002").Spacing));
        Assert.Equal(sending.For("+33199000004"), sending.For("+33199000003"));
        Assert.Equal(20 + 80 + 1 + 20, sending.Concurrency);
    }

    [Fact]
    public void A_provider_that_is_none_is_refused_with_the_names_of_those_there_are()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Sending:Provider", "pigeon")]).Build();

        var refusal = Assert.Throws<InvalidOperationException>(
            () => Providers.Register(new ServiceCollection(), settings));

        Assert.Equal("Sending__Provider must be one of twilio, gupshup, meta.", refusal.Message);
    }

    [Fact]
    public void During_a_rotation_the_first_token_signs() =>
        Assert.Equal("new", Read(("Twilio:AuthToken", "new, old")).Twilio.FirstToken);

    private static (SendingOptions Sending, TwilioOptions Twilio) Read(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://example.org",
            ["Twilio:AccountSid"] = FakeTwilio.AccountSid,
            ["Twilio:AuthToken"] = "token",
            ["Gupshup:ApiKey"] = "key",
            ["Gupshup:AppName"] = "FictionApp",
            ["Meta:AccessToken"] = "token",
            ["Meta:PhoneNumberId"] = "100000000000001",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        SendingOptions.Register(services);
        TwilioOptions.Register(services);
        GupshupOptions.Register(services);
        MetaOptions.Register(services);
        using var provider = services.BuildServiceProvider();
        Assert.Equal("https://api.gupshup.io/wa/api/v1/", Value<GupshupOptions>().Api.AbsoluteUri);
        Assert.Equal("https://graph.facebook.com/v25.0/", Value<MetaOptions>().Api.AbsoluteUri);
        return (
            Value<SendingOptions>(),
            Value<TwilioOptions>());

        T Value<T>()
            where T : class => provider.GetRequiredService<IOptions<T>>().Value;
    }
}
