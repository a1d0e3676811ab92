using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Services.Webhooks.Tests;

public sealed class TwilioOptionsTests
{
    [Theory]
    [InlineData("Twilio:AccountSid", "", "Twilio__AccountSid")]
    [InlineData("Twilio:AuthToken", null, "Twilio__AuthToken")]
    [InlineData("Twilio:AuthToken", " , ", "Twilio__AuthToken")]
    [InlineData("PublicUrl", null, "PublicUrl")]
    [InlineData("PublicUrl", "campaigns.example.com", "PublicUrl")]
    [InlineData("PublicUrl", "ftp://campaigns.example.com", "PublicUrl")]
    [InlineData("PublicUrl", "https://campaigns.example.com/?a=1", "PublicUrl")]
    public void A_wrong_setting_is_named_at_the_start(string key, string? value, string name)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Read(new() { [key] = value }));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Several_tokens_are_separated_by_commas() =>
        Assert.Equal(["old", "new"], Read(new() { ["Twilio:AuthToken"] = "old, new," }).GetTokens());

    private static TwilioOptions Read(Dictionary<string, string?> changes)
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Twilio:AccountSid"] = "AC00000000000000000000000000000001",
            ["Twilio:AuthToken"] = "token",
            ["PublicUrl"] = "https://campaigns.example.com",
        }).AddInMemoryCollection(changes);
        builder.AddTwilio();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<TwilioOptions>>().Value;
    }
}
