using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts;
using Npgsql;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class DispatchTests(CampaignsApp app)
{
    [Fact]
    public async Task In_strict_mode_one_order_is_out_at_a_time()
    {
        await using var campaign = await app.LaunchAsync(5);

        var orders = await campaign.Orders.AcceptNextAsync(5);

        Assert.False(campaign.Orders.Overlapped);
        Assert.Equal(campaign.Phones.Order(), orders.Select(order => order.To).Order());
        Assert.All(orders, order => Assert.Equal(
            (1, 0, false, "+14155238886"), (order.Attempt, order.RetriesUsed, order.Urgent, order.From)));
        Assert.All(orders, order => Assert.Equal(order.To, order.Template!.Variables["1"]));
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((5, 5), ((int)stats["total"]!, (int)stats["sent"]!));
        Assert.NotNull(stats["finishedAt"]);
    }

    [Fact]
    public async Task Running_campaigns_take_turns()
    {
        await using var big = await app.LaunchAsync(5);
        var first = await big.Orders.NextAsync();
        await using var small = await app.LaunchAsync(2);
        var phones = big.Phones.Concat(small.Phones).ToList();
        await using var both = app.Desk.TakeOver(phones);

        await big.Orders.AcceptAsync(first);
        var orders = await both.AcceptNextAsync(6);

        Assert.Equal("small big small big big big", string.Join(' ', orders.Select(order =>
            small.Phones.Contains(order.To) ? "small" : "big")));
    }

    [Fact]
    public async Task After_a_pause_nothing_leaves_but_what_was_out_and_a_resume_goes_on_where_it_was()
    {
        await using var campaign = await app.LaunchAsync(5);
        var first = await campaign.Orders.NextAsync();

        await app.MoveAsync(campaign.Id, "pause");
        await campaign.Orders.AcceptAsync(first);
        await using (var other = await app.LaunchAsync(3))
        {
            // Ample time for the paused one to have its turn.
            await other.Orders.AcceptNextAsync(3);
            await app.CompletedAsync(other.Id);
        }

        Assert.Single(campaign.Orders.Taken);
        var stats = await app.StatsAsync(campaign.Id);
        Assert.Equal(("paused", 1, 4), ((string?)stats["status"], (int)stats["sent"]!, (int)stats["pending"]!));

        await app.MoveAsync(campaign.Id, "resume");
        await campaign.Orders.AcceptNextAsync(4);
        await app.CompletedAsync(campaign.Id);
        Assert.Equal(campaign.Phones.Order(), campaign.Orders.Taken.Select(order => order.To).Order());
    }

    [Fact]
    public async Task After_a_cancel_nothing_is_left()
    {
        await using var campaign = await app.LaunchAsync(4);
        var first = await campaign.Orders.NextAsync();

        Assert.Equal("cancelled", (string?)(await app.MoveAsync(campaign.Id, "cancel"))["status"]);
        await campaign.Orders.AcceptAsync(first);

        var stats = await app.StatsAsync(
            campaign.Id, stats => (int)stats["cancelled"]! == 3 && (int)stats["sent"]! == 1);
        Assert.Equal(("cancelled", 4), ((string?)stats["status"], (int)stats["total"]!));
        Assert.Single(campaign.Orders.Taken);
    }

    [Fact]
    public async Task A_deferred_message_waits_until_its_time_and_goes_out_as_the_next_attempt()
    {
        await using var campaign = await app.LaunchAsync(1);
        var notBefore = OrderDesk.Now().AddSeconds(1.5);

        await campaign.Orders.DeferAsync(await campaign.Orders.NextAsync(), notBefore);
        var waiting = await MessageAsync(campaign, "retrying");
        Assert.Equal(1, (int)waiting["attempts"]!);
        Assert.Equal("63018", (string?)waiting["error"]!["code"]);
        Assert.Equal(
            notBefore.UtcDateTime, ((DateTimeOffset)waiting["nextAttemptAt"]!).UtcDateTime, TimeSpan.FromMilliseconds(1));

        var order = await campaign.Orders.NextAsync();
        Assert.True(OrderDesk.Now() >= notBefore);
        Assert.Equal((2, 1), (order.Attempt, order.RetriesUsed));
        await campaign.Orders.AcceptAsync(order);
        await app.CompletedAsync(campaign.Id);
    }

    [Fact]
    public async Task A_retry_that_is_due_goes_before_what_has_not_been_tried()
    {
        await using var campaign = await app.LaunchAsync(4);
        var refused = await campaign.Orders.NextAsync();

        await campaign.Orders.DeferAsync(refused, OrderDesk.Now());

        var next = await campaign.Orders.NextAsync();
        Assert.Equal((refused.MessageId, 2), (next.MessageId, next.Attempt));
        await campaign.Orders.AcceptAsync(next);
        await campaign.Orders.AcceptNextAsync(3);
        await app.CompletedAsync(campaign.Id);
    }

    [Fact]
    public async Task An_order_that_was_handed_back_goes_out_again_as_the_same_attempt()
    {
        await using var campaign = await app.LaunchAsync(1);
        var first = await campaign.Orders.NextAsync();

        await campaign.Orders.ReturnAsync(first);

        var second = await campaign.Orders.NextAsync();
        Assert.Equal((first.MessageId, 1, 0), (second.MessageId, second.Attempt, second.RetriesUsed));
        await campaign.Orders.AcceptAsync(second);
        Assert.Equal(1, (int)(await MessageAsync(campaign, "sent"))["attempts"]!);
    }

    [Fact]
    public async Task An_order_that_was_lost_on_the_way_goes_out_again_as_the_same_attempt()
    {
        await using var campaign = await app.LaunchAsync(1);
        var first = await campaign.Orders.NextAsync();

        await LoseAsync(first);

        var second = await campaign.Orders.NextAsync();
        Assert.Equal((first.MessageId, 1), (second.MessageId, second.Attempt));
        Assert.True(second.ExpiresAt > OrderDesk.Now());
        await campaign.Orders.AcceptAsync(second);
        Assert.Equal(1, (int)(await MessageAsync(campaign, "sent"))["attempts"]!);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("cancel")]
    public async Task A_lost_order_of_a_halted_campaign_only_asks_what_became_of_it(string move)
    {
        await using var campaign = await app.LaunchAsync(1);
        var first = await campaign.Orders.NextAsync();
        await app.MoveAsync(campaign.Id, move);

        await LoseAsync(first);

        // Void from the beginning: it brings the recorded outcome, or comes back unsent.
        var question = await campaign.Orders.NextAsync();
        Assert.Equal((first.MessageId, 1), (question.MessageId, question.Attempt));
        Assert.True(question.ExpiresAt < OrderDesk.Now());
        await campaign.Orders.ReturnAsync(question);
        await app.StatsAsync(campaign.Id, stats => (int)stats["queued"]! == 0);
        Assert.Equal(2, campaign.Orders.Taken.Count);
    }

    [Fact]
    public async Task A_delivery_may_be_reported_before_the_acceptance()
    {
        await using var campaign = await app.LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();

        await app.Desk.SayAsync(Status(order, DeliveryStatus.Delivered));
        await MessageAsync(campaign, "delivered");
        await campaign.Orders.AcceptAsync(order);

        var message = await Eventually.ReturnsAsync(
            () => MessageAsync(campaign, "delivered"),
            message => message["timeline"]!.AsArray().Any(entry => (string?)entry!["event"] == "accepted"));
        Assert.Equal($"SM{order.MessageId:N}1", (string?)message["whatsappMessageId"]);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((1, 1), ((int)stats["sent"]!, (int)stats["delivered"]!));
        Assert.Equal(1, (double)stats["rates"]!["delivery"]!);
    }

    [Fact]
    public async Task A_completed_campaign_runs_again_when_a_late_failure_is_to_be_retried()
    {
        await using var campaign = await app.LaunchAsync(1);
        var first = await campaign.Orders.NextAsync();
        await campaign.Orders.AcceptAsync(first);
        await app.CompletedAsync(campaign.Id);

        await campaign.Orders.DeferAsync(first, OrderDesk.Now().AddSeconds(2));
        var running = await app.StatsAsync(campaign.Id, stats => (string?)stats["status"] == "running");
        Assert.Null(running["finishedAt"]);

        await campaign.Orders.AcceptNextAsync(1);
        Assert.NotNull((await app.CompletedAsync(campaign.Id))["finishedAt"]);
    }

    [Fact]
    public async Task Erasing_a_person_cancels_what_waits_for_them_and_keeps_the_counters()
    {
        await using var campaign = await app.LaunchAsync(3);
        var first = await campaign.Orders.NextAsync();
        var waiting = campaign.Phones.First(phone => phone != first.To);
        await EraseAsync(campaign, waiting);
        await campaign.Orders.AcceptAsync(first);
        var second = await campaign.Orders.NextAsync();

        // The order to this one is out; what comes of it is counted, and not tried again.
        await EraseAsync(campaign, second.To);
        await campaign.Orders.DeferAsync(second, OrderDesk.Now());
        await EraseAsync(campaign, first.To);

        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((3, 1, 2), ((int)stats["total"]!, (int)stats["sent"]!, (int)stats["cancelled"]!));
        Assert.Equal(2, campaign.Orders.Taken.Count);
        Assert.All(await app.MessagesAsync(campaign.Id), message => Assert.Equal("", (string?)message!["phone"]));
    }

    [Fact]
    public async Task A_test_goes_ahead_of_all_bulk_and_stays_outside_the_statistics()
    {
        await using var campaign = await app.LaunchAsync(2);
        var first = await campaign.Orders.NextAsync();
        var tester = CampaignsApp.AnyPhone();
        await using var both = app.Desk.TakeOver([.. campaign.Phones, tester]);

        var test = await app.PostAsync(
            $"/api/campaigns/{campaign.Id}/test-send", new JsonObject { ["phone"] = tester });
        await campaign.Orders.AcceptAsync(first);
        var orders = await both.AcceptNextAsync(2);

        Assert.Equal((tester, true), (orders[0].To, orders[0].Urgent));
        Assert.Equal((Guid)test["messageId"]!, orders[0].MessageId);
        Assert.Equal(new Dictionary<string, string> { ["1"] = tester, ["2"] = "lundi" }, orders[0].Template!.Variables);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((2, 2), ((int)stats["total"]!, (int)stats["sent"]!));
        Assert.Equal(2, (await app.MessagesAsync(campaign.Id)).Count);
    }

    // As whoever grows its audience does, who then waits for the counters.
    [Fact]
    public async Task Who_holds_a_campaign_does_not_hold_up_its_orders()
    {
        await using var campaign = await app.LaunchAsync(2);
        var first = await campaign.Orders.NextAsync();
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(
            "select from campaigns where id = $1 for no key update", connection, holding))
        {
            hold.Parameters.Add(new() { Value = campaign.Id });
            await hold.ExecuteNonQueryAsync();
        }

        await campaign.Orders.AcceptAsync(first);
        await campaign.Orders.AcceptNextAsync(1);
        await holding.RollbackAsync();

        await app.CompletedAsync(campaign.Id);
    }

    [Fact]
    public async Task No_test_is_sent_to_somebody_who_has_opted_out()
    {
        var contact = await app.CreateContactAsync();
        var campaign = await app.CreateCampaignAsync([contact]);
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", contact.Id());

        using var test = await app.Client.PostAsJsonAsync(
            $"/api/campaigns/{campaign.Id()}/test-send", new { phone = (string?)contact["phone"] });

        Assert.Equal(HttpStatusCode.Conflict, test.StatusCode);
        Assert.Contains("opted out", await test.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The campaign's only message, once it has this status.</summary>
    private async Task<JsonNode> MessageAsync(LaunchedCampaign campaign, string status)
    {
        var listed = await Eventually.ReturnsAsync(
            async () => (await app.MessagesAsync(campaign.Id)).Single()!,
            message => (string?)message["status"] == status);
        return await app.GetAsync($"/api/messages/{listed.Id()}");
    }

    private Task LoseAsync(SendMessage order) => app.ExecuteAsync(
        "update messages set expires_at = now() - interval '1 minute' where id = $1", order.MessageId);

    private async Task EraseAsync(LaunchedCampaign campaign, string phone)
    {
        var person = campaign.People.Single(person => (string?)person["phone"] == phone);
        using var erased = await app.Client.DeleteAsync($"/api/contacts/{person.Id()}");
        erased.EnsureSuccessStatusCode();
    }

    private static StatusChanged Status(SendMessage order, DeliveryStatus status) => new()
    {
        Provider = "twilio",
        ProviderMessageId = $"SM{order.MessageId:N}{order.Attempt}",
        MessageId = order.MessageId,
        Attempt = order.Attempt,
        Status = status,
        ReceivedAt = OrderDesk.Now(),
    };
}
