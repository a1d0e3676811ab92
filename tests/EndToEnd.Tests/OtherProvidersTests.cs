using System.Text.Json.Nodes;
using Contracts;
using Testing;

namespace EndToEnd.Tests;

/// <summary>The same campaign through each of the other providers, as the emulator plays them.</summary>
public sealed class OtherProvidersTests
{
    private const string Refuses = "+33639981101";
    private const string SaysStop = "+33639981102";
    private const string Replies = "+33639981103";

    [Theory]
    [InlineData("gupshup", "b5b62575-e6e4-ff61-29ad-7c8efe1f983e", "1002")]
    [InlineData("meta", "appointment_reminder", "131026")]
    public async Task A_campaign_is_delivered_answered_and_explained_in_the_providers_words(
        string provider, string template, string code)
    {
        await using var run = await LocalRun.StartAsync(LocalRun.FreePort(), new Dictionary<string, string>
        {
            ["WHATSAPP_PROVIDER"] = provider,
            ["MESSAGING_MIN_INTERVAL"] = "00:00:00.200",
        });
        await AssertSenderAsync(run, provider);
        await AssertTemplatesAsync(run, provider);
        foreach (var (phone, firstName) in new[] { (Refuses, "Awa"), (SaysStop, "Bob"), (Replies, "Zoé") })
        {
            await run.PostAsync("/api/contacts", new { phone, firstName });
        }

        await run.PostAsync(Phone(Refuses, "refuse"), new { });
        var campaign = await run.CreateCampaignAsync($"By {provider}", new { all = true }, template);
        await run.PostAsync($"/api/campaigns/{campaign}/launch", new { });
        await run.StatsAsync(campaign, "two have read it, one has failed", stats =>
            stats["status"]!.GetValue<string>() == "completed" && stats["failed"]!.GetValue<int>() == 1
            && stats["read"]!.GetValue<int>() == 2);

        await run.PostAsync(Phone(SaysStop, "reply"), new { text = "STOP" });
        await run.PostAsync(Phone(Replies, "reply"), new { text = "Oui" });
        var stats = await run.StatsAsync(campaign, "Message 2 is read", stats =>
            stats["message2"]!["read"]!.GetValue<int>() == 1);

        Assert.Equal(1, stats["replies"]!.GetValue<int>());
        Assert.Equal(1, stats["message2"]!["total"]!.GetValue<int>());
        await Eventually.BecomesTrueAsync(async () =>
        {
            var found = await run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(SaysStop)}");
            return found["items"]![0]!["optedOut"]!.GetValue<bool>();
        });
        await AssertFailureIsExplainedAsync(run, campaign, provider, code);
    }

    private static async Task AssertSenderAsync(LocalRun run, string provider)
    {
        var sender = await run.GetAsync("/api/sandbox");
        Assert.Equal((provider, "emulator"), (Text(sender, "provider"), Text(sender, "mode")));
        Assert.Equal($"{run.Gateway}api/webhooks/{provider}", Text(sender, "webhookUrl"));
        Assert.Null(sender["joinCode"]);
        Assert.Null(sender["limits"]!["membershipHours"]);
    }

    /// <summary>Meta's are read; Gupshup's are entered by hand.</summary>
    private static async Task AssertTemplatesAsync(LocalRun run, string provider)
    {
        if (provider == "meta")
        {
            var synced = await run.PostAsync("/api/templates/sync", new { });
            Assert.Equal((3, 0), (synced["added"]!.GetValue<int>(), synced["skipped"]!.GetValue<int>()));
        }
    }

    private static async Task AssertFailureIsExplainedAsync(
        LocalRun run, string campaign, string provider, string code)
    {
        var failed = await run.GetAsync($"/api/campaigns/{campaign}/messages?status=failed");
        var message = Assert.Single(failed["items"]!.AsArray())!;
        Assert.Equal((Refuses, provider), (Text(message, "phone"), Text(message, "provider")));
        Assert.Equal(
            (code, ProviderErrors.Find(provider, code).English.Title),
            (Text(message["error"]!, "code"), Text(message["error"]!, "title")));
    }

    private static string Phone(string number, string action) =>
        $"/api/practice/phones/{Uri.EscapeDataString(number)}/{action}";

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
