using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class MissingValuesTests(CampaignsApp app)
{
    [Fact]
    public async Task A_launch_waits_while_somebody_lacks_a_value_and_names_them()
    {
        var (named, nameless) = (await PersonAsync("Zoé"), await PersonAsync(null));
        var optedOut = await PersonAsync(null);
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", optedOut.Id());
        await using var orders = app.Desk.TakeOver((string)named["phone"]!);
        var campaign = await DraftAsync([named, nameless, optedOut], null);

        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/launch", null);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(1, (int)problem["missingValues"]!);
        Assert.Equal(nameless.Id(), (Guid)Assert.Single(problem["people"]!.AsArray())!["contactId"]!);
        var missing = await app.GetAsync($"/api/campaigns/{campaign.Id()}/missing-values");
        var person = Assert.Single(missing["items"]!.AsArray())!;
        Assert.Equal(
            (1, (string?)nameless["phone"], "1"),
            ((int)missing["total"]!, (string?)person["phone"], (string?)Assert.Single(person["missing"]!.AsArray())));

        await app.MoveAsync(campaign.Id(), "launch?missingValues=skip");
        await orders.AcceptNextAsync(1);
        var stats = await app.CompletedAsync(campaign.Id());
        Assert.Equal((1, 2), ((int)stats["sent"]!, (int)stats["skipped"]!));
    }

    [Fact]
    public async Task A_fallback_stands_in_for_a_value_that_somebody_lacks()
    {
        var (named, nameless) = (await PersonAsync("Zoé"), await PersonAsync(null));
        await using var orders = app.Desk.TakeOver((string)named["phone"]!, (string)nameless["phone"]!);
        var campaign = await DraftAsync([named, nameless], "vous");

        Assert.Equal("vous", (string?)campaign["message1"]!["fallbacks"]!["1"]);
        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");
        Assert.Equal(
            ["Bonjour Zoé", "Bonjour vous"],
            preview["samples"]!.AsArray().Select(sample => (string)sample!["text"]!).Order(StringComparer.Ordinal));
        Assert.Equal(0, (int)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/missing-values"))["total"]!);

        await app.MoveAsync(campaign.Id(), "launch");
        var sent = await orders.AcceptNextAsync(2);
        Assert.Equal(
            ["Zoé", "vous"],
            sent.Select(order => order.Template!.Variables["1"]).Order(StringComparer.Ordinal));
        await app.CompletedAsync(campaign.Id());
    }

    [Theory]
    [InlineData("2", "vous", "message1.fallbacks.2")]
    [InlineData("1", " ", "message1.fallbacks.1")]
    [InlineData("1", "{{lastName}}", "message1.fallbacks.1")]
    public async Task A_fallback_that_cannot_be_is_refused(string variable, string text, string field)
    {
        var template = await app.CreateTemplateAsync(new() { ["body"] = "Bonjour {{1}}" });

        using var refused = await app.Client.PostAsJsonAsync("/api/campaigns", new JsonObject
        {
            ["name"] = "Printemps",
            ["audience"] = new JsonObject { ["all"] = true },
            ["message1"] = new JsonObject
            {
                ["templateId"] = template.Id(),
                ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
                ["fallbacks"] = new JsonObject { [variable] = text },
            },
        });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal([field], (await refused.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject()
            .Select(error => error.Key));
    }

    [Fact]
    public async Task A_launch_is_asked_to_skip_in_one_word_only()
    {
        var campaign = await DraftAsync([await PersonAsync("Zoé")], null);

        using var refused = await app.Client.PostAsync(
            $"/api/campaigns/{campaign.Id()}/launch?missingValues=ignore", null);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private Task<JsonNode> PersonAsync(string? firstName) =>
        app.CreateContactAsync(new() { ["firstName"] = firstName });

    private async Task<JsonNode> DraftAsync(JsonNode[] people, string? fallback)
    {
        var message = new JsonObject
        {
            ["templateId"] = (await app.CreateTemplateAsync(new() { ["body"] = "Bonjour {{1}}" })).Id(),
            ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
        };
        if (fallback is not null)
        {
            message["fallbacks"] = new JsonObject { ["1"] = fallback };
        }

        return await app.CreateCampaignAsync(people, new() { ["message1"] = message });
    }
}
