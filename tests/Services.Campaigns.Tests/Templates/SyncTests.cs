using System.Net;
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
    public async Task A_provider_that_does_not_answer_changes_nothing_and_is_said_to()
    {
        app.ProviderTemplates = null;

        using var answer = await app.Client.PostAsync("/api/templates/sync", null);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
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
