using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Contracts;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class MessageApiTests(CampaignsApp app)
{
    [Fact]
    public async Task The_timeline_tells_every_attempt_and_status_in_order_however_they_came()
    {
        await using var campaign = await app.LaunchAsync(1);
        await campaign.Orders.DeferAsync(await campaign.Orders.NextAsync(), OrderDesk.Now());
        var order = await campaign.Orders.NextAsync();
        foreach (var status in new[] { DeliveryStatus.Read, DeliveryStatus.Sent, DeliveryStatus.Delivered })
        {
            await app.Desk.SayAsync(new StatusChanged
            {
                Provider = "twilio",
                ProviderMessageId = $"SM{order.MessageId:N}{order.Attempt}",
                MessageId = order.MessageId,
                Attempt = order.Attempt,
                Status = status,
                ReceivedAt = OrderDesk.Now().AddSeconds(10 * (int)status),
            });
        }

        await campaign.Orders.AcceptAsync(order);
        var message = await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/messages/{order.MessageId}"), found => found["timeline"]!.AsArray().Count == 7);

        Assert.Equal("read", (string?)message["status"]);
        Assert.Equal($"SM{order.MessageId:N}2", (string?)message["whatsappMessageId"]);
        Assert.Equal(
            ["queued 1", "retrying 1", "queued 2", "accepted 2", "sent 2", "delivered 2", "read 2"],
            message["timeline"]!.AsArray().Select(entry => $"{entry!["event"]} {entry["attempt"]}"));
        Assert.Equal(
            [false, true, false, false, false, false, false],
            message["timeline"]!.AsArray().Select(entry => (string?)entry!["reason"] is { Length: > 0 }));
        var instants = message["timeline"]!.AsArray().Select(entry => (DateTimeOffset)entry!["at"]!).ToList();
        Assert.Equal(instants.Order(), instants);
        Assert.Null(message["error"]);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((1, 1, 1), ((int)stats["sent"]!, (int)stats["delivered"]!, (int)stats["read"]!));
    }

    [Theory]
    [InlineData("en-GB", "has not joined", "join happy-tiger", "then retry")]
    [InlineData("fr-FR", "n’a pas rejoint", "join happy-tiger", "puis relancez")]
    public async Task Error_63015_is_explained_with_what_to_do_in_the_callers_language(
        string language, string title, string join, string action)
    {
        await using var campaign = await app.LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(order, "63015");
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((1, 1.0), ((int)stats["failed"]!, (double)stats["rates"]!["failure"]!));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/messages/{order.MessageId}");
        request.Headers.Add("Accept-Language", language);
        using var response = await app.Client.SendAsync(request);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal(("63015", true), ((string?)error["code"], (bool)error["permanent"]!));
        Assert.Contains(title, (string)error["title"]!, StringComparison.Ordinal);
        Assert.NotEmpty((string)error["explanation"]!);
        Assert.Contains(join, (string)error["action"]!, StringComparison.Ordinal);
        Assert.Contains("+1 415 523 8886", (string)error["action"]!, StringComparison.Ordinal);
        Assert.Contains(action, (string)error["action"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_failed_is_retried_by_hand_with_all_its_retries_and_nothing_else_is()
    {
        await using var campaign = await app.LaunchAsync(2);
        var first = await campaign.Orders.NextAsync();
        using (var early = await app.Client.PostAsync($"/api/messages/{first.MessageId}/retry", null))
        {
            Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
            Assert.Contains("queued", await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await campaign.Orders.RejectAsync(first, "63024");
        await campaign.Orders.RejectAsync(await campaign.Orders.NextAsync(), "63024");
        await app.CompletedAsync(campaign.Id);

        using (var retry = await app.Client.PostAsync($"/api/messages/{first.MessageId}/retry", null))
        {
            Assert.Equal(HttpStatusCode.Accepted, retry.StatusCode);
        }

        var again = await campaign.Orders.NextAsync();
        Assert.Equal((first.MessageId, 2, 0), (again.MessageId, again.Attempt, again.RetriesUsed));
        await campaign.Orders.AcceptAsync(again);
        await app.CompletedAsync(campaign.Id);

        var all = await app.PostAsync($"/api/campaigns/{campaign.Id}/retry-failed");
        Assert.Equal(1, (int)all["retried"]!);
        await campaign.Orders.AcceptNextAsync(1);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((2, 0), ((int)stats["sent"]!, (int)stats["failed"]!));
    }

    [Fact]
    public async Task What_failed_for_a_person_who_has_been_erased_is_not_retried()
    {
        await using var campaign = await app.LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(order, "63024");
        await app.CompletedAsync(campaign.Id);
        using var erased = await app.Client.DeleteAsync($"/api/contacts/{campaign.People[0].Id()}");

        using var retry = await app.Client.PostAsync($"/api/messages/{order.MessageId}/retry", null);

        Assert.Equal(HttpStatusCode.Conflict, retry.StatusCode);
        Assert.Contains("erased", await retry.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.PostAsync($"/api/campaigns/{campaign.Id}/retry-failed"))["retried"]!);
    }

    [Fact]
    public async Task The_stream_tells_the_statistics_while_they_change()
    {
        await using var campaign = await app.LaunchAsync(2);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await app.Client.GetStreamAsync($"/api/campaigns/{campaign.Id}/events", limit.Token);
        await using var events = SseParser.Create(stream).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        Assert.Equal(0, (int)(await NextAsync(_ => true))["sent"]!);
        await campaign.Orders.AcceptAsync(await campaign.Orders.NextAsync());
        await NextAsync(stats => (int)stats["sent"]! == 1);
        await campaign.Orders.AcceptAsync(await campaign.Orders.NextAsync());
        var last = await NextAsync(stats => (string?)stats["status"] == "completed");

        var read = await app.StatsAsync(campaign.Id);
        Assert.True(JsonNode.DeepEquals(read, last), $"{read} {last}");

        async Task<JsonNode> NextAsync(Func<JsonNode, bool> expected)
        {
            while (await events.MoveNextAsync())
            {
                Assert.Equal("stats", events.Current.EventType);
                var stats = JsonNode.Parse(events.Current.Data)!;
                if (expected(stats))
                {
                    return stats;
                }
            }

            throw new EndOfStreamException("The stream ended before what the test waits for.");
        }
    }
}
