using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class SenderTests(CampaignsApp app) : IClassFixture<SenderTests.TwoSenders>
{
    private const string Main = "+14155238886";
    private const string Fast = "+33199000001";

    [Fact]
    public async Task Each_sender_has_a_window_of_its_own_in_which_its_campaigns_take_turns()
    {
        await using var slow = await app.LaunchAsync(3);
        var first = await slow.Orders.NextAsync(); // and nobody answers
        await using var one = await LaunchAsync(6);
        var full = await NextAsync(one, 5);
        await using var other = await LaunchAsync(2);

        await one.Orders.AcceptAsync(full[0]);
        var next = await other.Orders.NextAsync();
        await one.Orders.AcceptAsync(full[1]);
        await one.Orders.AcceptAsync(full[2]);
        await NextAsync(one, 1);
        await NextAsync(other, 1);

        Assert.Equal(8, one.Orders.Taken.Concat(other.Orders.Taken).DistinctBy(order => order.MessageId).Count());
        Assert.All(full.Append(next), order => Assert.Equal(Fast, order.From));
        Assert.Equal(Main, first.From);
        Assert.Single(slow.Orders.Taken);
        await slow.Orders.AcceptAsync(first);
        await slow.Orders.AcceptNextAsync(2);
        await app.CompletedAsync(slow.Id);
    }

    [Fact]
    public async Task A_sender_that_is_stopped_pauses_its_own_campaigns_only()
    {
        await using var stopped = await LaunchAsync(3);
        await using var same = await LaunchAsync(6);
        await using var other = await app.LaunchAsync(2);
        var order = await stopped.Orders.NextAsync();

        await stopped.Orders.StopSenderAsync(order);

        await app.StatsAsync(stopped.Id, stats => (string?)stats["status"] == "paused");
        Assert.Equal("paused", (string?)(await app.StatsAsync(same.Id))["status"]);
        await other.Orders.AcceptNextAsync(2);
        await app.CompletedAsync(other.Id);
    }

    [Fact]
    public async Task A_sender_that_is_stopped_at_a_reply_or_at_a_test_of_a_draft_pauses_its_campaigns_too()
    {
        var now = OrderDesk.Now();
        JsonObject Resting() => new()
        {
            ["from"] = $"{now.AddHours(-1):HH:mm:ss}",
            ["to"] = $"{now.AddHours(2):HH:mm:ss}",
            ["timeZone"] = "UTC",
        };
        await using var fast = await LaunchAsync(1, new() { ["quietHours"] = Resting() });
        await using var main = await app.LaunchAsync(1, new() { ["quietHours"] = Resting() });
        var person = await app.CreateContactAsync();
        await using var orders = app.Desk.TakeOver((string)person["phone"]!);

        await app.Desk.WriteAsync((string)person["phone"]!, "Bonjour", to: Fast);
        await Eventually.ReturnsAsync(
            () => app.CountAsync("select count(*) from interactions where contact_id = $1", person.Id()),
            count => count == 1);
        await app.PostAsync($"/api/conversations/{person.Id()}/messages", new JsonObject { ["body"] = "Bonjour" });
        await orders.StopSenderAsync(await orders.NextAsync());
        await PausedAsync(fast.Id);
        Assert.Equal("running", (string?)(await app.StatsAsync(main.Id))["status"]);

        var draft = await app.CreateCampaignAsync([person]);
        await app.PostAsync(
            $"/api/campaigns/{draft.Id()}/test-send", new JsonObject { ["phone"] = (string)person["phone"]! });
        await orders.StopSenderAsync(await orders.NextAsync());
        await PausedAsync(main.Id);

        async Task PausedAsync(Guid campaign)
        {
            await app.StatsAsync(campaign, stats => (string?)stats["status"] == "paused");
            Assert.Equal("63007", (string?)(await app.GetAsync($"/api/campaigns/{campaign}"))["statusReason"]);
            await app.MoveAsync(campaign, "cancel");
        }
    }

    [Fact]
    public async Task What_a_campaign_sends_goes_from_its_sender_and_a_reply_from_the_number_they_wrote_to()
    {
        await using var campaign = await LaunchAsync(1, new()
        {
            ["message2"] = new JsonObject { ["body"] = "Merci !" },
        });
        var path = $"/api/conversations/{campaign.People[0].Id()}/messages";
        await campaign.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(campaign.Id);

        await app.Desk.WriteAsync(campaign.Phones[0], "Oui", to: Fast);
        var message2 = Assert.Single(await campaign.Orders.AcceptNextAsync(1));
        await app.PostAsync(path, new JsonObject { ["body"] = "Bonjour" });
        var reply = Assert.Single(await campaign.Orders.AcceptNextAsync(1));
        var received = await app.Desk.WriteAsync(campaign.Phones[0], "Et ici ?", TimeSpan.FromSeconds(1));
        await Eventually.ReturnsAsync(
            () => app.CountAsync(
                "select count(*) from interactions where provider_message_id = $1", received.ProviderMessageId),
            count => count == 1);
        await app.PostAsync(path, new JsonObject { ["body"] = "Ici aussi" });
        var second = Assert.Single(await campaign.Orders.AcceptNextAsync(1));
        await app.PostAsync(
            $"/api/campaigns/{campaign.Id}/test-send", new JsonObject { ["phone"] = campaign.Phones[0] });
        var test = Assert.Single(await campaign.Orders.AcceptNextAsync(1));

        Assert.Equal(
            [("Merci !", Fast), ("Bonjour", Fast), ("Ici aussi", Main), (null, Fast)],
            new[] { message2, reply, second, test }.Select(order => (order.Text, order.From)));
    }

    [Fact]
    public async Task A_reply_belongs_to_the_campaign_of_the_number_they_wrote_to()
    {
        await using var first = await LaunchAsync(1);
        await first.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(first.Id);
        var later = await app.CreateCampaignAsync(first.People);
        await app.MoveAsync(later.Id(), "launch");
        await first.Orders.AcceptNextAsync(1);
        await app.CompletedAsync(later.Id());

        await app.Desk.WriteAsync(first.Phones[0], "Oui", to: Fast);

        await app.StatsAsync(first.Id, stats => (int)stats["replies"]! == 1);
        Assert.Equal(0, (int)(await app.StatsAsync(later.Id()))["replies"]!);
    }

    [Fact]
    public async Task A_campaign_names_its_sender_or_none_and_is_estimated_at_its_rate()
    {
        var contact = await app.CreateContactAsync();
        var main = await app.CreateCampaignAsync([contact]);
        var fast = await app.CreateCampaignAsync([contact], new() { ["sender"] = Fast });
        var copy = await app.PostAsync($"/api/campaigns/{fast.Id()}/duplicate");

        Assert.Equal((null, Fast, Fast), ((string?)main["sender"], (string?)fast["sender"], (string?)copy["sender"]));
        Assert.Equal(1 / 60.0, await RateAsync(main));
        Assert.Equal(5, await RateAsync(fast));
        Assert.Equal(
            [(Main, 1 / 60.0), (Fast, 5)],
            (await app.GetAsync("/api/sandbox"))["senders"]!.AsArray()
                .Select(sender => ((string)sender!["number"]!, (double)sender["ratePerSecond"]!)));

        using var unknown = await app.Client.PostAsJsonAsync("/api/campaigns", new JsonObject
        {
            ["name"] = "Été",
            ["message1"] = main["message1"]!.DeepClone(),
            ["audience"] = new JsonObject { ["all"] = true },
            ["sender"] = "+33199000009",
        });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        var told = (string)(await unknown.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!["sender"]![0]!;
        Assert.Contains($"{Main}, {Fast}", told, StringComparison.Ordinal);

        await app.ExecuteAsync("update campaigns set sender = '+33199000009' where id = $1", main.Id());
        using var gone = await app.Client.PostAsync($"/api/campaigns/{main.Id()}/launch", null);
        Assert.Equal(HttpStatusCode.Conflict, gone.StatusCode);
    }

    private Task<LaunchedCampaign> LaunchAsync(int contacts, JsonObject? fields = null)
    {
        fields ??= [];
        fields["sender"] = Fast;
        return app.LaunchAsync(contacts, fields);
    }

    private static async Task<List<Contracts.SendMessage>> NextAsync(LaunchedCampaign campaign, int count)
    {
        var orders = new List<Contracts.SendMessage>();
        while (orders.Count < count)
        {
            orders.Add(await campaign.Orders.NextAsync());
        }

        return orders;
    }

    private async Task<double> RateAsync(JsonNode campaign) =>
        (double)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview"))["ratePerSecond"]!;

    /// <summary>Beside the main sender, in strict mode, another one that sends five messages a second.</summary>
    public sealed class TwoSenders(CampaignsApp app) : IAsyncLifetime
    {
        public async ValueTask InitializeAsync() => await app.RestartAsync(new()
        {
            ["Sending:MinInterval"] = "00:01:00", // which the order desk does not keep; it only gives orders time
            ["Sending:Senders:0:Number"] = Fast,
            ["Sending:Senders:0:RatePerSecond"] = "5",
        });

        public async ValueTask DisposeAsync() => await app.RestartAsync([]);
    }
}
