using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class SyncTests(CampaignsApp app)
{
    [Fact]
    public async Task The_providers_templates_are_added_once_and_follow_their_changes()
    {
        var sid = NewSid();
        var template = new ProviderTemplate(sid, "Rappel", "fr", "Bonjour {{1}} {{2}}", ["1"], "pending");
        app.ProviderTemplates = [template, new(NewSid(), "Liste", "fr", null, [], "approved")];

        Assert.Equal((1, 0, 0, 1), await SyncAsync());
        var added = await FindAsync(sid);
        Assert.Equal(("Rappel", "pending"), ((string?)added["name"], (string?)added["approval"]));
        Assert.Equal(["1", "2"], added["variables"]!.AsArray().Select(name => (string?)name));
        Assert.Equal((0, 0, 1, 1), await SyncAsync());

        app.ProviderTemplates = [template with { Approval = "approved" }];
        Assert.Equal((0, 1, 0, 0), await SyncAsync());
        var changed = await FindAsync(sid);
        Assert.Equal((added.Id(), "approved"), (changed.Id(), (string?)changed["approval"]));
    }

    [Fact]
    public async Task A_template_entered_by_hand_is_recognised()
    {
        var template = await app.CreateTemplateAsync(new() { ["body"] = "Bonjour" });
        app.ProviderTemplates = [new((string)template["contentSid"]!, "Rendez-vous", "fr", "Bonjour", [], "approved")];

        Assert.Equal((0, 1, 0, 0), await SyncAsync());
        Assert.Equal(template.Id(), (await FindAsync((string)template["contentSid"]!)).Id());
    }

    [Fact]
    public async Task What_the_provider_no_longer_has_is_marked_until_it_has_it_again()
    {
        var byHand = await app.CreateTemplateAsync();
        var template = new ProviderTemplate(NewSid(), "Rappel", "fr", "Bonjour {{1}}", ["1"], "approved");
        app.ProviderTemplates = [template];
        await SyncAsync();

        app.ProviderTemplates = [];
        Assert.True((int)(await app.PostAsync("/api/templates/sync"))["missing"]! > 0);
        Assert.Equal("missing", (string?)(await FindAsync(template.ContentSid))["approval"]);
        Assert.Null((await FindAsync((string)byHand["contentSid"]!))["approval"]);

        app.ProviderTemplates = [template];
        Assert.Equal((0, 1, 0, 0), await SyncAsync());
        Assert.Equal("approved", (string?)(await FindAsync(template.ContentSid))["approval"]);
    }

    [Fact]
    public async Task What_was_said_of_a_template_is_not_said_of_another_one()
    {
        var sid = NewSid();
        app.ProviderTemplates = [new(sid, "Rappel", "fr", "Bonjour {{1}}", ["1"], "approved")];
        await SyncAsync();
        var path = $"/api/templates/{(await FindAsync(sid)).Id()}";

        Assert.Equal("approved", (string?)(await ChangeAsync(sid, "Salut {{1}}"))["approval"]);
        Assert.Null((await ChangeAsync(NewSid(), "Salut {{1}}"))["approval"]);

        async Task<JsonNode> ChangeAsync(string contentSid, string body)
        {
            using var changed = await app.Client.PutAsJsonAsync(
                path, new { name = "Rappel", contentSid, language = "fr", body });
            changed.EnsureSuccessStatusCode();
            return await app.GetAsync(path);
        }
    }

    [Theory]
    [InlineData("rejected", "refusé")]
    [InlineData("paused", "suspendu")]
    [InlineData("disabled", "désactivé")]
    [InlineData(null, "n’existe plus")] // not in the list any more
    public async Task A_campaign_whose_template_is_not_sent_cannot_be_launched(string? approval, string told)
    {
        var campaign = await DraftAsync("approved");
        app.ProviderTemplates = approval is null ? [] : [app.ProviderTemplates![0] with { Approval = approval }];
        await SyncAsync();

        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/launch?language=fr", null);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var detail = (string)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
        Assert.Contains("Rappel", detail, StringComparison.Ordinal);
        Assert.Contains(told, detail, StringComparison.Ordinal);
        Assert.Equal(
            approval ?? "missing",
            (string?)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview"))["templateApproval"]);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("unsubmitted")]
    [InlineData(null)]
    public async Task A_template_that_is_not_approved_yet_can_be_launched_and_the_preview_tells(string? approval)
    {
        var campaign = await DraftAsync(approval);

        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");
        Assert.Equal(approval, (string?)preview["templateApproval"]);
        await app.MoveAsync(campaign.Id(), "launch");
        await app.CompletedAsync(campaign.Id());
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_changes_nothing_and_is_said_to()
    {
        app.ProviderTemplates = null;

        using var answer = await app.Client.PostAsync("/api/templates/sync", null);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    /// <summary>A draft with a template of which the provider says this.</summary>
    private async Task<JsonNode> DraftAsync(string? approval)
    {
        var sid = NewSid();
        app.ProviderTemplates = [new(sid, "Rappel", "fr", "Bonjour", [], approval)];
        await SyncAsync();
        return await app.CreateCampaignAsync([await app.CreateContactAsync()], new()
        {
            ["message1"] = new JsonObject { ["templateId"] = (await FindAsync(sid)).Id() },
        });
    }

    private static string NewSid() => $"HX{Guid.NewGuid():N}";

    private async Task<(int, int, int, int)> SyncAsync()
    {
        var answer = await app.PostAsync("/api/templates/sync");
        return ((int)answer["added"]!, (int)answer["updated"]!, (int)answer["unchanged"]!, (int)answer["skipped"]!);
    }

    private async Task<JsonNode> FindAsync(string sid) => Assert.Single(
        (await app.GetAsync("/api/templates?limit=500"))["items"]!.AsArray(),
        template => (string?)template!["contentSid"] == sid)!;
}
