using System.Net;
using Testing;

namespace EndToEnd.Tests;

public sealed class CampaignTests
{
    private static readonly string[] People = [.. Enumerable.Range(1, 8).Select(person => $"+336399810{person:D2}")];

    private static string NeverJoined => People[2];

    private static string SaysStop => People[3];

    private static string Replies => People[4];

    [Fact]
    public async Task A_campaign_is_sent_once_delivered_answered_and_counted()
    {
        var port = LocalRun.FreePort();
        await using var provider = await Provider.StartAsync(port);
        await using var run = await LocalRun.StartAsync(port, provider.Settings);
        foreach (var phone in People)
        {
            await provider.SetPhoneAsync(phone, new { joined = phone != NeverJoined, behaviour = "reads" });
            await run.PostAsync("/api/contacts", new { phone, firstName = $"N° {phone[^1]}" });
        }

        var campaign = await run.CreateCampaignAsync("End to end", new { all = true });
        await run.PostAsync($"/api/campaigns/{campaign}/launch", new { });

        await run.StatsAsync(campaign, "seven have read it, one has failed", stats =>
            stats["status"]!.GetValue<string>() == "completed" && stats["failed"]!.GetValue<int>() == 1
            && stats["read"]!.GetValue<int>() == 7);

        await provider.ReplyAsync(SaysStop, "Arrêt");
        await provider.ReplyAsync(Replies, "Oui", times: 2);
        var stats = await run.StatsAsync(campaign, "Message 2 is read", stats =>
            stats["message2"]!["read"]!.GetValue<int>() == 1);
        Assert.Equal(8, stats["total"]!.GetValue<int>());
        Assert.Equal(7, stats["sent"]!.GetValue<int>());
        Assert.Equal(7, stats["delivered"]!.GetValue<int>());
        Assert.Equal(1, stats["replies"]!.GetValue<int>());
        Assert.Equal(1, stats["message2"]!["total"]!.GetValue<int>());

        await AssertSentOnceAndSpacedAsync(provider);
        await AssertFailureIsExplainedAsync(run, campaign);
        await AssertForgedCallbackIsRefusedAsync(run);
        var stopped = await run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(SaysStop)}");
        Assert.True(stopped["items"]![0]!["optedOut"]!.GetValue<bool>());
    }

    [Fact]
    public async Task The_demo_runs_until_every_message_is_settled()
    {
        await using var run = await LocalRun.StartAsync(
            LocalRun.FreePort(),
            new Dictionary<string, string> { ["MESSAGING_MIN_INTERVAL"] = "00:00:00.100" }, "--demo");

        await Eventually.BecomesTrueAsync(
            () => run.Output.Any(line => line.Contains("Settled.", StringComparison.Ordinal)), TimeSpan.FromSeconds(90));
        Assert.Contains(run.Output, line => line.Contains("failed with 63015", StringComparison.Ordinal));
        Assert.Contains(run.Output, line => line.Contains("Message 2 8/8", StringComparison.Ordinal));
    }

    private static async Task AssertSentOnceAndSpacedAsync(Provider provider)
    {
        var sent = await provider.SentAsync();
        var expected = People.Append(Replies).Order();
        Assert.Equal(expected, sent.Select(call => call["to"]!.GetValue<string>().Replace("whatsapp:", "")).Order());
        var arrivals = sent.Select(call => call["at"]!.GetValue<DateTimeOffset>()).ToList();
        Assert.All(arrivals.Zip(arrivals.Skip(1)), pair => Assert.True(
            pair.Second - pair.First >= Provider.MinInterval, $"{pair.Second - pair.First} apart"));
    }

    private static async Task AssertFailureIsExplainedAsync(LocalRun run, string campaign)
    {
        var failed = await run.GetAsync($"/api/campaigns/{campaign}/messages?status=failed");
        var message = Assert.Single(failed["items"]!.AsArray())!;
        Assert.Equal(NeverJoined, message["phone"]!.GetValue<string>());
        Assert.Equal("63015", message["error"]!["code"]!.GetValue<string>());
        Assert.True(message["error"]!["permanent"]!.GetValue<bool>());
        Assert.Contains("join green-river", message["error"]!["action"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(message["nextAttemptAt"]);
    }

    private static async Task AssertForgedCallbackIsRefusedAsync(LocalRun run)
    {
        using var http = new HttpClient { BaseAddress = run.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/twilio")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["MessageSid"] = "SM00000000000000000000000000000000",
                ["MessageStatus"] = "delivered",
            }),
        };
        request.Headers.Add("X-Twilio-Signature", "c2lnbmVkIGJ5IG5vYm9keQ==");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
