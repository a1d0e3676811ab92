using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts;

namespace Services.Webhooks.Tests;

/// <summary>Twilio's official library for Node.js signs and calls.</summary>
[Trait("needs", "broker")]
public sealed class TwilioClientTests(WebhookFixture fixture) : IClassFixture<WebhookFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string[] Repeated = ["b", "a", "b", "！", "😀"];

    [Fact]
    public async Task What_the_official_library_signs_is_accepted_and_published()
    {
        var (sid, message) = (WebhookHost.NewSid(), Guid.CreateVersion7());
        var target = $"{WebhookHost.Path}?m={message}&a=1";

        var answer = await CallAsync(target, WebhookHost.Token, new()
        {
            ["MessageSid"] = sid,
            ["AccountSid"] = WebhookHost.AccountSid,
            ["MessageStatus"] = "delivered",
            ["ProfileName"] = "Zoé « 😀 » + 100 % & co = ；",
            ["Empty"] = "",
            ["Repeated"] = Repeated,
        });

        Assert.Equal((200, "text/xml", "<Response/>"), (answer.Status, answer.Type, answer.Body));
        var (_, status) = await fixture.Statuses.HearsAsync(status => status.ProviderMessageId == sid);
        Assert.Equal((message, 1, DeliveryStatus.Delivered), (status.MessageId, status.Attempt, status.Status));
    }

    [Fact]
    public async Task What_it_signs_with_another_token_is_refused() =>
        Assert.Equal(403, (await CallAsync(WebhookHost.Path, "another", new() { ["MessageSid"] = "SM1" })).Status);

    private async Task<Answer> CallAsync(string target, string token, Dictionary<string, object> parameters)
    {
        var node = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "node");
        if (!Directory.Exists(Path.Combine(node, "node_modules")))
        {
            await RunAsync(node, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        var call = JsonSerializer.Serialize(new
        {
            address = fixture.Host.Address.GetLeftPart(UriPartial.Authority),
            publicUrl = WebhookHost.PublicUrl,
            target,
            token,
            @params = parameters,
        });
        return JsonSerializer.Deserialize<Answer>(
            await RunAsync(node, "node", "client.js", call), JsonSerializerOptions.Web)!;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private sealed record Answer(int Status, string Type, string Body);
}
