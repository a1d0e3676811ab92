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
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => EmulatorFixture.StartAsync((name, value)));

        Assert.Contains(message, failure.Message);
    }
}
