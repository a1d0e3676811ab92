using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ProviderEmulator.Tests;

/// <summary>The official npm package <c>twilio</c> takes the emulator for Twilio. See <c>node/client.mjs</c>.</summary>
public sealed class OfficialClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_official_client_creates_fetches_lists_reads_templates_and_accepts_the_callbacks()
    {
        var folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "twilio")))
        {
            await RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund");
        }

        await using var emulator = await EmulatorFixture.StartAsync();

        var output = await RunAsync(
            folder, "node", "client.mjs", emulator.Address.GetLeftPart(UriPartial.Authority),
            EmulatorFixture.AccountSid, EmulatorFixture.AuthToken, EmulatorFixture.Sender, EmulatorFixture.Phone,
            EmulatorFixture.Appointment);

        Assert.Equal(7, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            var (text, complaints) = (await output, await errors);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{text}\n{complaints}");
            return text;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
