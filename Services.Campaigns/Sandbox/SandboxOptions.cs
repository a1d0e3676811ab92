using Microsoft.Extensions.Options;

namespace Services.Campaigns;

internal enum SandboxMode
{
    Sandbox,
    Production,
    Emulator,
}

/// <summary>The sender and how people join it (section <c>Sandbox</c>).</summary>
internal sealed record SandboxOptions
{
    public SandboxMode Mode { get; set; } = SandboxMode.Sandbox;

    public SenderProvider Provider { get; set; } = SenderProvider.Twilio;

    /// <summary>The sender in E.164. Twilio's Sandbox: https://www.twilio.com/docs/whatsapp/sandbox.</summary>
    public string Number { get; set; } = "+14155238886";

    /// <summary>What people text after <c>join</c>.</summary>
    public string? JoinCode { get; set; }

    /// <summary>Whether people have to join first: in Twilio's Sandbox, the real one or the emulated.</summary>
    public bool HasMembership => Provider is SenderProvider.Twilio && Mode is not SandboxMode.Production;
}

/// <summary>Brings settings that people write in several ways into one, and names those that cannot be.</summary>
internal sealed class SandboxOptionsCheck : IPostConfigureOptions<SandboxOptions>, IValidateOptions<SandboxOptions>
{
    public void PostConfigure(string? name, SandboxOptions options)
    {
        var code = options.JoinCode?.Trim();
        code = code?.StartsWith("join ", StringComparison.OrdinalIgnoreCase) == true ? code[5..].Trim() : code;
        options.JoinCode = string.IsNullOrEmpty(code) ? null : code;
        options.Number = PhoneNumber.TryParse(options.Number, out var number, out _) ? number.Value : options.Number;
    }

    public ValidateOptionsResult Validate(string? name, SandboxOptions options) =>
        !PhoneNumber.TryParse(options.Number, out _, out var remedy)
            ? ValidateOptionsResult.Fail($"Sandbox:Number is not the sender's number. {remedy.English}")
            : !Enum.IsDefined(options.Mode)
                ? ValidateOptionsResult.Fail("Sandbox:Mode is sandbox, production or emulator.")
                : !Enum.IsDefined(options.Provider)
                    ? ValidateOptionsResult.Fail("Sandbox:Provider is twilio, gupshup or meta.")
                    : options is { Provider: not SenderProvider.Twilio, Mode: SandboxMode.Sandbox }
                        ? ValidateOptionsResult.Fail(
                            "Sandbox:Mode is production or emulator: only Twilio's senders have a Sandbox.")
                        : ValidateOptionsResult.Success;
}
