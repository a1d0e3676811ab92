using System.Net;
using System.Net.Http.Json;
using Contracts;
using ServiceDefaults;
using Testing;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class BooksTests(Messaging messaging)
{
    [Fact]
    public async Task A_campaigns_part_of_the_ledger_is_read_in_pages_in_the_order_of_its_messages()
    {
        var campaign = Guid.CreateVersion7();
        var orders = await SendAsync(campaign, 3);
        await SendAsync(Guid.CreateVersion7(), 1);

        var first = await LedgerAsync($"?campaignId={campaign}&limit=2");
        var second = await LedgerAsync(
            $"?campaignId={campaign}&message={first[^1].MessageId}&attempt={first[^1].Attempt}&limit=2");

        Assert.Equal(
            orders.Select(order => order.MessageId).Order(), first.Concat(second).Select(entry => entry.MessageId));
        Assert.All(first.Concat(second), entry => Assert.Equal((1, "accepted"), (entry.Attempt, entry.State)));
        Assert.Single(second);
    }

    [Fact]
    public async Task Messages_are_found_in_the_ledger_whatever_their_campaign()
    {
        var orders = await SendAsync(null, 2);
        using var answer = await messaging.Client.PostAsJsonAsync(
            "/internal/books/ledger", orders.Select(order => order.MessageId));

        var entries = (await answer.Content.ReadFromJsonAsync<List<LedgerEntry>>())!;
        Assert.Equal(orders.Select(order => order.MessageId).Order(), entries.Select(entry => entry.MessageId));
    }

    [Fact]
    public async Task The_providers_list_tells_what_is_found_missing_and_stray()
    {
        var campaign = Guid.CreateVersion7();
        var orders = await SendAsync(campaign, 3);
        var (found, gone, young) = (orders[0], orders[1], orders[2]);
        await ExecuteAsync("""
            update send_attempts set changed_at = now() - interval '10 min' where message_id = any($1)
            """, new[] { found.MessageId, gone.MessageId });
        foreach (var (id, message) in new[] { ("SMgone", gone), ("SMyoung", young) })
        {
            await ExecuteAsync(
                "update send_attempts set provider_message_id = $1 where message_id = $2", id, message.MessageId);
        }

        var now = TimeProvider.System.GetUtcNow();
        var stray = messaging.Twilio.Create(found.From, Order.Number(), now.AddMinutes(-5));
        messaging.Twilio.Create(found.From, Order.Number(), now.AddDays(-2));

        var audit = await AuditAsync($"&campaignId={campaign}");
        Assert.Equal([new(campaign, 1, 1)], audit.Campaigns);
        Assert.Equal([new(campaign, gone.MessageId, 1, "SMgone")], audit.Missing);
        Assert.Equal(0, audit.StrayCount);

        var all = await AuditAsync("");
        Assert.Contains(new CampaignAudit(campaign, 1, 1), all.Campaigns);
        Assert.Contains(stray, all.Strays.Select(message => message.ProviderMessageId));
        Assert.Equal(all.StrayCount, all.Strays.Count);
        Assert.DoesNotContain("SMyoung", all.Missing.Select(message => message.ProviderMessageId));

        Task<ProviderAudit> AuditAsync(string scope) => messaging.Client.GetFromJsonAsync<ProviderAudit>(
            $"/internal/books/provider?since={now.AddHours(-1).UtcDateTime:O}{scope}")!;
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_said_to_be_so()
    {
        var campaign = Guid.CreateVersion7();
        var order = (await SendAsync(campaign, 1))[0];
        messaging.Twilio.BreakListOf(order.From, true);

        using var answer = await messaging.Client.GetAsync(
            $"/internal/books/provider?since=2026-01-01T00:00:00Z&campaignId={campaign}");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        messaging.Twilio.BreakListOf(order.From, false);
    }

    /// <summary>Accepted orders of one sender.</summary>
    private async Task<List<SendMessage>> SendAsync(Guid? campaign, int count)
    {
        var (from, orders) = (Order.Number(), new List<SendMessage>());
        while (orders.Count < count)
        {
            orders.Add(Order.Text("Bonjour") with { CampaignId = campaign, From = from });
            await messaging.Events.PublishAsync(orders[^1]);
            // By the answer, or where the machine is slow by the provider's list.
            await Eventually.BecomesTrueAsync(
                () => messaging.Events.For(orders[^1].MessageId).OfType<MessageAccepted>().Any());
        }

        return orders;
    }

    private async Task<List<LedgerEntry>> LedgerAsync(string query) =>
        (await messaging.Client.GetFromJsonAsync<List<LedgerEntry>>($"/internal/books/ledger{query}"))!;

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = messaging.Database.Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }
}
