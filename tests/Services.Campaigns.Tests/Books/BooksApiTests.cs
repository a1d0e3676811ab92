using System.Net;
using System.Text.Json.Nodes;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class BooksApiTests(CampaignsApp app)
{
    [Fact]
    public async Task A_check_that_somebody_wants_is_made_and_its_report_kept()
    {
        await using var campaign = await app.LaunchAsync(2);
        var path = $"/api/stats/books?campaignId={campaign.Id}";
        var before = await app.GetAsync(path);
        Assert.Null(before["checkedAt"]);
        Assert.False((bool)before["running"]!);
        Assert.Empty(before["campaigns"]!.AsArray());
        await campaign.Orders.AcceptNextAsync(2);
        await app.CompletedAsync(campaign.Id);
        await app.ExecuteAsync(
            "update campaign_counters set n = n + 5 where campaign_id = $1 and status = 4", campaign.Id);

        using var wanted = await app.Client.PostAsync($"/api/stats/books/check?campaignId={campaign.Id}", null);
        Assert.Equal(HttpStatusCode.Accepted, wanted.StatusCode);
        var report = await Eventually.ReturnsAsync(() => app.GetAsync(path), answer => !(bool)answer["running"]!);

        Assert.NotNull(report["checkedAt"]);
        var books = report["campaigns"]!.AsArray().Single()!;
        Assert.Equal(campaign.Id, (Guid)books["campaignId"]!);
        Assert.Equal("Printemps", (string?)books["name"]);
        Assert.Null(books["ledger"]); // there is no Messaging
        Assert.Null(books["provider"]);
        Assert.Equal((2, 7), ((long)books["rows"]!["sent"]!, (long)books["counters"]!["sent"]!));
        var difference = books["differences"]!.AsArray().Single()!;
        Assert.Equal(
            ("counter", "message1.sent", 2, 7),
            ((string?)difference["kind"], (string?)difference["counter"], (long)difference["rows"]!,
                (long)difference["counters"]!));
        Assert.StartsWith("This counter", (string?)difference["text"], StringComparison.Ordinal);
        Assert.Equal(1, (long)report["overall"]!["differences"]!);
        Assert.Equal(2, (long)(await app.StatsAsync(campaign.Id))["sent"]!);

        using var french = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Language", "fr" } } };
        using var answer = await app.Client.SendAsync(french);
        Assert.Contains("Ce compteur", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!
            ["campaigns"]![0]!["differences"]![0]!["text"], StringComparison.Ordinal);

        var all = await app.GetAsync("/api/stats/books");
        Assert.Contains(campaign.Id, all["campaigns"]!.AsArray().Select(one => (Guid)one!["campaignId"]!));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/check")]
    public async Task There_are_no_books_of_a_campaign_that_is_not_there(string method, string path)
    {
        using var question = new HttpRequestMessage(
            new(method), $"/api/stats/books{path}?campaignId={Guid.NewGuid()}");
        using var answer = await app.Client.SendAsync(question);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
