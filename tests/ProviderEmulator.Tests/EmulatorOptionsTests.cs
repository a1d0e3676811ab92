using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ProviderEmulator.Tests;

public sealed class EmulatorOptionsTests
{
    [Theory]
    [InlineData("AccountSid", "AC1", "Emulator__AccountSid")]
    [InlineData("AuthToken", "", "Emulator__AuthToken")]
    [InlineData("SandboxNumber", "14155238886", "Emulator__SandboxNumber")]
    [InlineData("JoinCode", "two words", "Emulator__JoinCode")]
    [InlineData("InboundWebhookUrl", "webhook", "Emulator__InboundWebhookUrl")]
    [InlineData("MinInterval", "-00:00:01", "Emulator__MinInterval")]
    [InlineData("Provider", "gupshup", "Emulator__Gupshup__ApiKey")]
    [InlineData("Provider", "meta", "Emulator__Meta__AppSecret")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string name, string value, string message)
    {
        // Not by the fixture, which sometimes sees only that the host it waits for has been disposed of.
        var builder = WebApplication.CreateBuilder();
        builder.AddEmulator();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Emulator:AccountSid"] = EmulatorFixture.AccountSid,
            ["Emulator:AuthToken"] = EmulatorFixture.AuthToken,
            [$"Emulator:{name}"] = value,
        });
        await using var app = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains(message, failure.Message);
    }
}
