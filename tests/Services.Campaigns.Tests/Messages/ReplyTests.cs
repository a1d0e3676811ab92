using System.Text.Json.Nodes;
using Contracts;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ReplyTests(CampaignsApp app)
{
    [Fact]
    public async Task A_reply_brings_one_message_2_ahead_of_the_bulk_that_waits()
    {
        await using var campaign = await LaunchAsync(3);
        var first = await campaign.Orders.NextAsync();
        await campaign.Orders.AcceptAsync(first);
        var second = await campaign.Orders.NextAsync();

        var reply = await app.Desk.WriteAsync(first.To, "Oui, volontiers");
        await app.Desk.SayAsync(reply);
        await app.StatsAsync(campaign.Id, stats => (int)stats["message2"]!["total"]! == 1);
        await campaign.Orders.AcceptAsync(second);

        var name = (string)campaign.People.Single(person => (string?)person["phone"] == first.To)["firstName"]!;
        var answer = await campaign.Orders.NextAsync();
        Assert.Equal((first.To, true, $"Merci {name} !"), (answer.To, answer.Urgent, answer.Text));
        Assert.Null(answer.Template);
        await campaign.Orders.AcceptAsync(answer);
        var third = (await campaign.Orders.AcceptNextAsync(1)).Single();
        Assert.Equal(campaign.Phones.Except([first.To, second.To]).Single(), third.To);

        await app.Desk.WriteAsync(first.To, "Encore une question");
        await InteractionsAsync(first.To, 2);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((3, 3, 1), ((int)stats["total"]!, (int)stats["sent"]!, (int)stats["replies"]!));
        Assert.Equal((1, 1), ((int)stats["message2"]!["total"]!, (int)stats["message2"]!["sent"]!));
    }

    [Fact]
    public async Task STOP_brings_none_opts_out_and_skips_what_waits()
    {
        await using var campaign = await LaunchAsync(3);
        var first = await campaign.Orders.NextAsync();
        await campaign.Orders.AcceptAsync(first);
        var second = await campaign.Orders.NextAsync();
        var waiting = campaign.Phones.Except([first.To, second.To]).Single();

        await app.Desk.WriteAsync(first.To, "Arrêt !");
        await app.Desk.WriteAsync(waiting, "STOP");
        await ContactAsync(campaign, first.To, contact => (bool)contact["optedOut"]!);
        await ContactAsync(campaign, waiting, contact => (bool)contact["optedOut"]!);
        await campaign.Orders.AcceptAsync(second);

        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((2, 1, 0), ((int)stats["sent"]!, (int)stats["skipped"]!, (int)stats["failed"]!));
        Assert.Equal((0, 0), ((int)stats["replies"]!, (int)stats["message2"]!["total"]!));
        Assert.Equal(2, campaign.Orders.Taken.Count);
        var skipped = Assert.Single(await app.MessagesAsync(campaign.Id, "status=skipped"))!;
        Assert.Equal((waiting, "opted_out"), ((string?)skipped["phone"], (string?)skipped["error"]!["code"]));
    }

    [Fact]
    public async Task START_opts_in_again()
    {
        await using var campaign = await LaunchAsync(1);
        var phone = (await campaign.Orders.AcceptNextAsync(1)).Single().To;

        await app.Desk.WriteAsync(phone, "stop");
        await ContactAsync(campaign, phone, contact => (bool)contact["optedOut"]!);
        await app.Desk.WriteAsync(phone, "start");
        await ContactAsync(campaign, phone, contact => !(bool)contact["optedOut"]!);
        Assert.Equal(0, (int)(await app.StatsAsync(campaign.Id))["message2"]!["total"]!);
    }

    [Fact]
    public async Task A_reply_to_a_message_of_which_nobody_told_whether_it_arrived_counts_like_any_other()
    {
        await using var campaign = await LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(order, CampaignMessage.Unconfirmed, "gupshup");
        await app.StatsAsync(campaign.Id, stats => (int)stats["failed"]! == 1);

        await app.Desk.WriteAsync(order.To, "Oui");

        var answer = await campaign.Orders.NextAsync();
        Assert.Equal((order.To, true), (answer.To, answer.Urgent));
        await campaign.Orders.AcceptAsync(answer);
        var stats = await app.CompletedAsync(campaign.Id);
        Assert.Equal((1, 1), ((int)stats["replies"]!, (int)stats["message2"]!["total"]!));
    }

    [Fact]
    public async Task A_reply_after_the_time_for_it_is_counted_and_brings_none()
    {
        await using var campaign = await LaunchAsync(1);
        var phone = (await campaign.Orders.AcceptNextAsync(1)).Single().To;
        await app.CompletedAsync(campaign.Id);

        await app.Desk.WriteAsync(phone, "Oui", later: TimeSpan.FromHours(2.1));

        var stats = await app.StatsAsync(campaign.Id, stats => (int)stats["replies"]! == 1);
        Assert.Equal(0, (int)stats["message2"]!["total"]!);
    }

    [Fact]
    public async Task A_reply_to_a_paused_campaign_is_answered_after_the_pause()
    {
        await using var campaign = await LaunchAsync(2);
        var first = await campaign.Orders.NextAsync();
        await app.MoveAsync(campaign.Id, "pause");
        await campaign.Orders.AcceptAsync(first);
        await app.StatsAsync(campaign.Id, stats => (int)stats["sent"]! == 1);

        await app.Desk.WriteAsync(first.To, "Oui");
        await app.StatsAsync(campaign.Id, stats => (int)stats["message2"]!["total"]! == 1);
        Assert.Single(campaign.Orders.Taken);

        await app.MoveAsync(campaign.Id, "resume");
        var orders = await campaign.Orders.AcceptNextAsync(2);
        Assert.Equal([first.To, campaign.Phones.Single(phone => phone != first.To)], orders.Select(order => order.To));
    }

    [Fact]
    public async Task An_answer_whose_window_has_closed_is_skipped_and_says_so()
    {
        await using var campaign = await LaunchAsync(2);
        var first = await campaign.Orders.NextAsync();
        await app.MoveAsync(campaign.Id, "pause");
        await campaign.Orders.AcceptAsync(first);
        await app.StatsAsync(campaign.Id, stats => (int)stats["sent"]! == 1);
        await app.Desk.WriteAsync(first.To, "Oui");
        await app.StatsAsync(campaign.Id, stats => (int)stats["message2"]!["total"]! == 1);

        await app.ExecuteAsync(
            "update contacts set last_inbound_at = now() - interval '25 hours' where phone = $1", first.To);
        await app.MoveAsync(campaign.Id, "resume");
        await campaign.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(campaign.Id);

        var answer = Assert.Single(await app.MessagesAsync(campaign.Id, "kind=message2"))!;
        Assert.Equal(("skipped", "no_open_session"), ((string?)answer["status"], (string?)answer["error"]!["code"]));
    }

    [Fact]
    public async Task Joining_makes_a_member_and_whatever_they_write_opens_the_window()
    {
        await using var campaign = await LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(order, "63015");
        await ContactAsync(campaign, order.To, contact => (string?)contact["sandbox"]!["state"] == "notJoined");

        await app.Desk.WriteAsync(order.To, "Join Happy-Tiger");

        var contact = await ContactAsync(
            campaign, order.To, contact => (string?)contact["sandbox"]!["state"] == "joined");
        Assert.Null(contact["sandbox"]!["lastError"]);
        Assert.True((bool)contact["session"]!["open"]!);
        Assert.Equal(0, (int)(await app.StatsAsync(campaign.Id))["message2"]!["total"]!);
    }

    [Fact]
    public async Task STOP_counts_even_from_somebody_who_is_not_on_the_list()
    {
        var stranger = CampaignsApp.AnyPhone();
        await app.Desk.WriteAsync(stranger, "STOP");

        var found = await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/contacts?search={Uri.EscapeDataString(stranger)}"),
            page => (int)page["total"]! == 1);
        Assert.True((bool)found["items"]![0]!["optedOut"]!);
    }

    [Theory]
    [InlineData("START", "STOP", true)]
    [InlineData("STOP", "START", false)]
    public async Task The_last_word_on_consent_counts_even_if_it_is_taken_in_first(
        string early, string late, bool optedOut)
    {
        var contact = await app.CreateContactAsync();
        var inbox = app.Service<Inbox>();
        var at = TimeProvider.System.GetUtcNow();

        await inbox.ReceiveAsync(Written(late, at), CancellationToken.None);
        await inbox.ReceiveAsync(Written(early, at.AddSeconds(-1)), CancellationToken.None);

        Assert.Equal(optedOut, (bool)(await app.GetAsync($"/api/contacts/{contact.Id()}"))["optedOut"]!);

        MessageReceived Written(string text, DateTimeOffset receivedAt) => new()
        {
            Provider = "twilio",
            ProviderMessageId = $"SM{Guid.NewGuid():n}",
            From = (string)contact["phone"]!,
            To = "+14155238886",
            Text = text,
            ReceivedAt = receivedAt,
        };
    }

    private Task<LaunchedCampaign> LaunchAsync(int contacts) => app.LaunchAsync(contacts, new()
    {
        ["message2"] = new JsonObject { ["body"] = "Merci {{firstName}} !", ["withinHours"] = 2 },
    });

    private Task<JsonNode> ContactAsync(LaunchedCampaign campaign, string phone, Func<JsonNode, bool> expected)
    {
        var id = campaign.People.Single(person => (string?)person["phone"] == phone).Id();
        return Eventually.ReturnsAsync(() => app.GetAsync($"/api/contacts/{id}"), expected);
    }

    private Task InteractionsAsync(string phone, long count) => Eventually.BecomesTrueAsync(async () =>
    {
        await using var command = app.Database.CreateCommand(
            "select count(*) from interactions where contact_id = (select id from contacts where phone = $1)");
        command.Parameters.Add(new() { Value = phone });
        return (long)(await command.ExecuteScalarAsync())! == count;
    });
}
