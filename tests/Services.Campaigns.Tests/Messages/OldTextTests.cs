using System.Net;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class OldTextTests(CampaignsApp app)
{
    [Fact]
    public async Task The_words_of_old_messages_are_forgotten_and_what_became_of_them_is_not()
    {
        await using var campaign = await app.LaunchAsync(2);
        var accepted = await campaign.Orders.NextAsync();
        await campaign.Orders.AcceptAsync(accepted);
        var failed = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(failed, "63024");
        await app.Desk.WriteAsync(accepted.To, "Oui, volontiers");
        var person = campaign.People.Single(person => (string?)person["phone"] == accepted.To).Id();
        var before = await app.StatsAsync(campaign.Id, stats =>
            (string?)stats["status"] == "completed" && (int)stats["replies"]! == 1);

        await ForgetAsync(keepDays: 30, TimeSpan.FromDays(40));

        Assert.All(
            [await TextAsync(accepted.MessageId), await TextAsync(failed.MessageId)], Assert.Null);
        var conversation = await app.GetAsync($"/api/conversations/{person}");
        Assert.Equal(2, conversation["items"]!.AsArray().Count);
        Assert.All(conversation["items"]!.AsArray(), item => Assert.Null(item!["text"]));
        var after = await app.StatsAsync(campaign.Id);
        Assert.All(
            ["total", "sent", "failed", "replies"], counter => Assert.Equal((int)before[counter]!, (int)after[counter]!));
    }

    [Fact]
    public async Task What_has_failed_is_not_sent_again_without_its_words()
    {
        await using var campaign = await app.LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.RejectAsync(order, "63024");
        await app.CompletedAsync(campaign.Id);
        await ForgetAsync(keepDays: 1, TimeSpan.FromDays(2));

        using var retry = await app.Client.PostAsync($"/api/messages/{order.MessageId}/retry", null);

        Assert.Equal(HttpStatusCode.Conflict, retry.StatusCode);
        Assert.Contains("forgotten", await retry.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.PostAsync($"/api/campaigns/{campaign.Id}/retry-failed"))["retried"]!);
    }

    [Theory]
    [InlineData(1, 2)] // accepted, and may still fail for a while
    [InlineData(60, 50)]
    [InlineData(null, 5000)]
    public async Task Words_that_are_young_or_may_be_needed_again_are_kept(int? keepDays, int days)
    {
        await using var campaign = await app.LaunchAsync(1);
        var order = await campaign.Orders.NextAsync();
        await campaign.Orders.AcceptAsync(order);
        await app.CompletedAsync(campaign.Id);

        await ForgetAsync(keepDays, TimeSpan.FromDays(days));

        Assert.NotNull(await TextAsync(order.MessageId));
    }

    private Task ForgetAsync(int? keepDays, TimeSpan later) => OldTexts.ForgetAsync(
        app.Database, new() { KeepDays = keepDays }, OrderDesk.Now() + later, CancellationToken.None);

    private async Task<JsonNode?> TextAsync(Guid message) => (await app.GetAsync($"/api/messages/{message}"))["text"];
}
