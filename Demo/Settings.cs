namespace Demo;

/// <summary>Where the gateway and the emulator are; the AppHost sets it.</summary>
internal sealed record Settings(Uri Gateway, string AdminPassword, Uri Emulator)
{
    /// <summary>Null, with a line on the error output, if something is missing.</summary>
    public static Settings? Read()
    {
        if (Url("DEMO_GATEWAY_URL") is not { } gateway
            || Environment.GetEnvironmentVariable("DEMO_ADMIN_PASSWORD") is not { Length: > 0 } password)
        {
            Console.Error.WriteLine("The demo runs beside everything else: ./run.sh --demo");
            return null;
        }

        if (Url("DEMO_EMULATOR_URL") is not { } emulator)
        {
            Console.Error.WriteLine(
                "The demo writes to the emulator's virtual phones only: "
                + "unset TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.");
            return null;
        }

        return new(gateway, password, emulator);
    }

    private static Uri? Url(string name) =>
        Uri.TryCreate(Environment.GetEnvironmentVariable(name), UriKind.Absolute, out var url) ? url : null;
}
