using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class CampaignApiTests(CampaignsApp app)
{
    private const string Campaigns = "/api/campaigns";

    [Fact]
    public async Task An_id_that_names_nothing_is_not_found()
    {
        var id = Guid.NewGuid();
        foreach (var path in new[] { "", "/preview", "/stats", "/messages", "/events" })
        {
            await AssertNotFoundAsync(app.Client.GetAsync($"{Campaigns}/{id}{path}"));
        }

        foreach (var path in new[] { "launch", "pause", "resume", "cancel", "retry-failed" })
        {
            await AssertNotFoundAsync(app.Client.PostAsync($"{Campaigns}/{id}/{path}", null));
        }

        await AssertNotFoundAsync(app.Client.PostAsJsonAsync(
            $"{Campaigns}/{id}/test-send", new { phone = CampaignsApp.AnyPhone() }));
        await AssertNotFoundAsync(app.Client.PutAsJsonAsync($"{Campaigns}/{id}", new { name = "Printemps" }));
        await AssertNotFoundAsync(app.Client.DeleteAsync($"{Campaigns}/{id}"));
        await AssertNotFoundAsync(app.Client.GetAsync($"/api/messages/{id}"));
        await AssertNotFoundAsync(app.Client.PostAsync($"/api/messages/{id}/retry", null));

        async Task AssertNotFoundAsync(Task<HttpResponseMessage> answer)
        {
            using var response = await answer;
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains($"{id}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_move_that_the_state_does_not_allow_is_refused_with_the_reason()
    {
        var contact = await app.CreateContactAsync();
        await using var shift = app.Desk.TakeOver((string)contact["phone"]!);
        var campaign = await app.CreateCampaignAsync([contact]);
        var path = $"{Campaigns}/{campaign.Id()}";

        await AssertRefusedAsync("draft", "pause", "resume");
        Assert.Equal("running", (string?)(await app.MoveAsync(campaign.Id(), "launch"))["status"]);
        await AssertRefusedAsync("running", "launch", "resume");
        await AssertCannotChangeAsync();
        Assert.Equal("paused", (string?)(await app.MoveAsync(campaign.Id(), "pause"))["status"]);
        await AssertRefusedAsync("paused", "launch", "pause");
        Assert.Equal("running", (string?)(await app.MoveAsync(campaign.Id(), "resume"))["status"]);

        await shift.AcceptAsync(await shift.NextAsync());
        await app.CompletedAsync(campaign.Id());
        await AssertRefusedAsync("completed", "launch", "pause", "resume", "cancel");
        await AssertCannotChangeAsync();

        async Task AssertRefusedAsync(string state, params string[] moves)
        {
            foreach (var move in moves)
            {
                using var response = await app.Client.PostAsync($"{path}/{move}", null);
                Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
                var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
                Assert.Contains($"A {state} campaign cannot be", (string)problem["detail"]!, StringComparison.Ordinal);
            }
        }

        async Task AssertCannotChangeAsync()
        {
            using var put = await app.Client.PutAsJsonAsync(path, new JsonObject
            {
                ["name"] = "Été",
                ["message1"] = campaign["message1"]!.DeepClone(),
                ["audience"] = new JsonObject { ["all"] = true },
            });
            Assert.Equal(HttpStatusCode.Conflict, put.StatusCode);
            using var delete = await app.Client.DeleteAsync(path);
            Assert.Equal(HttpStatusCode.Conflict, delete.StatusCode);
            Assert.Equal("Printemps", (string?)(await app.GetAsync(path))["name"]);
        }
    }

    [Fact]
    public async Task A_template_that_a_running_campaign_uses_cannot_be_deleted()
    {
        var contact = await app.CreateContactAsync();
        await using var shift = app.Desk.TakeOver((string)contact["phone"]!);
        var campaign = await app.CreateCampaignAsync([contact]);
        await app.MoveAsync(campaign.Id(), "launch");

        using var response = await app.Client.DeleteAsync($"/api/templates/{campaign["message1"]!["templateId"]}");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("Printemps", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_is_refused_because_of_the_state_before_anything_else()
    {
        var template = await app.CreateTemplateAsync();
        var campaign = await app.CampaignAsync(template.Id(), "completed");
        using var deleted = await app.Client.DeleteAsync($"/api/templates/{template.Id()}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        using var response = await app.Client.PostAsync($"{Campaigns}/{campaign}/launch", null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains(
            "A completed campaign cannot be launched", await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_got_another_variable_since_the_draft_is_not_sent_without_it()
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        var template = await app.GetAsync($"/api/templates/{campaign["message1"]!["templateId"]}");
        using var changed = await app.Client.PutAsJsonAsync($"/api/templates/{template.Id()}", new JsonObject
        {
            ["name"] = "Rendez-vous",
            ["contentSid"] = (string)template["contentSid"]!,
            ["language"] = "fr",
            ["body"] = "Bonjour {{1}}, le {{2}} à {{heure}}.",
        });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        using var launch = await app.Client.PostAsync($"{Campaigns}/{campaign.Id()}/launch", null);

        Assert.Equal(HttpStatusCode.Conflict, launch.StatusCode);
        Assert.Contains("heure", await launch.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("draft", (string?)(await app.StatsAsync(campaign.Id()))["status"]);
    }

    [Fact]
    public async Task A_draft_can_be_deleted()
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);

        using var deleted = await app.Client.DeleteAsync($"{Campaigns}/{campaign.Id()}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await app.Client.GetAsync($"{Campaigns}/{campaign.Id()}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_launch_makes_the_rows_that_the_preview_promised()
    {
        var tag = Guid.NewGuid().ToString("N");
        var zoe = await PersonAsync("Zoé");
        var marc = await PersonAsync("Marc");
        var optedOut = await PersonAsync("Ali", "opted_out_at = now()");
        var notJoined = await PersonAsync("Léa", "not_joined_at = now(), sandbox_error = '63015'");
        var joinedAgain = await PersonAsync("Eva", "not_joined_at = now() - interval '1 hour', joined_at = now()");
        var nameless = await PersonAsync(" ");
        var template = await app.CreateTemplateAsync(new() { ["body"] = "Bonjour {{1}} !" });
        var campaign = await app.CreateCampaignAsync([], new()
        {
            ["audience"] = new JsonObject { ["tags"] = new JsonArray(tag, "another") },
            ["message1"] = new JsonObject
            {
                ["templateId"] = template.Id(),
                ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
            },
        });

        var preview = await app.GetAsync($"{Campaigns}/{campaign.Id()}/preview");
        Assert.Equal(3, (int)preview["recipients"]!);
        Assert.Equal(
            (1, 1, 1),
            ((int)preview["excluded"]!["optedOut"]!, (int)preview["excluded"]!["notJoined"]!,
                (int)preview["excluded"]!["missingVariable"]!));
        Assert.Equal(20, (double)preview["ratePerSecond"]!);
        Assert.Equal(1, (double)preview["estimatedDurationSeconds"]!);

        Assert.Equal(1, (int)preview["missingValues"]!["1"]!);

        await app.MoveAsync(campaign.Id(), "launch?missingValues=skip");
        var stats = await app.CompletedAsync(campaign.Id());
        Assert.Equal((6, 3, 3), ((int)stats["total"]!, (int)stats["sent"]!, (int)stats["skipped"]!));
        var messages = (await app.MessagesAsync(campaign.Id())).ToDictionary(message => (Guid)message!["contactId"]!);
        Assert.Equal("opted_out", (string?)messages[optedOut]!["error"]!["code"]);
        Assert.Equal("63015", (string?)messages[notJoined]!["error"]!["code"]);
        Assert.StartsWith("missing_variable", (string?)messages[nameless]!["error"]!["code"], StringComparison.Ordinal);

        var texts = new Dictionary<string, string>();
        foreach (var person in new[] { zoe, marc, joinedAgain })
        {
            Assert.Equal("sent", (string?)messages[person]!["status"]);
            var message = await app.GetAsync($"/api/messages/{messages[person]!.Id()}");
            texts[(string)message["phone"]!] = (string)message["text"]!;
        }

        Assert.Equal(["Bonjour Eva !", "Bonjour Marc !", "Bonjour Zoé !"], texts.Values.Order(StringComparer.Ordinal));
        Assert.Equal(texts, preview["samples"]!.AsArray().ToDictionary(
            sample => (string)sample!["phone"]!, sample => (string)sample!["text"]!));

        async Task<Guid> PersonAsync(string firstName, string? state = null)
        {
            var contact = await app.CreateContactAsync(new()
            {
                ["firstName"] = firstName,
                ["tags"] = new JsonArray(tag),
            });
            if (state is not null)
            {
                await app.ExecuteAsync($"update contacts set {state} where id = $1", contact.Id());
            }

            return contact.Id();
        }
    }

    [Fact]
    public async Task Everybody_is_an_audience_too()
    {
        await app.CreateContactAsync();
        var campaign = await app.CreateCampaignAsync([], new()
        {
            ["audience"] = new JsonObject { ["all"] = true },
            ["startAt"] = OrderDesk.Now().AddDays(1),
        });
        var contacts = (int)(await app.GetAsync("/api/contacts?limit=1"))["total"]!;
        var preview = await app.GetAsync($"{Campaigns}/{campaign.Id()}/preview");
        Assert.Equal(
            contacts,
            (int)preview["recipients"]! + preview["excluded"]!.AsObject().Sum(excluded => (int)excluded.Value!));

        await app.MoveAsync(campaign.Id(), "launch");
        // They become rows in parts.
        var stats = await app.StatsAsync(campaign.Id(), stats => (int)stats["total"]! == contacts);
        Assert.Equal(("scheduled", (int)preview["recipients"]!), ((string?)stats["status"], (int)stats["pending"]!));

        await app.MoveAsync(campaign.Id(), "cancel");
        stats = await app.StatsAsync(campaign.Id(), stats => (int)stats["pending"]! == 0);
        Assert.Equal((int)preview["recipients"]!, (int)stats["cancelled"]!);
    }

    [Fact]
    public async Task Whoever_comes_after_the_launch_is_not_in_and_it_starts_at_its_time()
    {
        var tag = Guid.NewGuid().ToString("N");
        var early = await app.CreateContactAsync(new() { ["tags"] = new JsonArray(tag) });
        var late = CampaignsApp.AnyPhone();
        await using var shift = app.Desk.TakeOver((string)early["phone"]!, late);
        var startAt = OrderDesk.Now().AddSeconds(1.5);
        var campaign = await app.CreateCampaignAsync([], new()
        {
            ["audience"] = new JsonObject { ["tags"] = new JsonArray(tag) },
            ["startAt"] = startAt,
        });

        Assert.Equal("scheduled", (string?)(await app.MoveAsync(campaign.Id(), "launch"))["status"]);
        await app.CreateContactAsync(new() { ["phone"] = late, ["tags"] = new JsonArray(tag) });
        await shift.AcceptAsync(await shift.NextAsync());

        Assert.True(OrderDesk.Now() >= startAt);
        var stats = await app.CompletedAsync(campaign.Id());
        Assert.Equal((1, 1), ((int)stats["total"]!, (int)stats["sent"]!));
        Assert.True((DateTimeOffset)stats["startedAt"]! >= startAt);
        Assert.Equal((string)early["phone"]!, Assert.Single(shift.Taken).To);
    }

    [Fact]
    public async Task The_list_is_found_by_status_and_by_any_part_of_the_name()
    {
        var name = $"100 % {Guid.NewGuid():N}_\\";
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()], new() { ["name"] = name });

        foreach (var search in new[] { name, name.ToUpperInvariant(), "% " + name[6..10], name[^6..] })
        {
            var found = await app.GetAsync($"{Campaigns}?status=draft&search={Uri.EscapeDataString(search)}");
            Assert.Contains(found["items"]!.AsArray(), item => item!.Id() == campaign.Id());
        }

        foreach (var query in new[]
        {
            $"search={Uri.EscapeDataString(name.Replace('_', 'x'))}", $"status=paused&search={name[6..30]}",
        })
        {
            Assert.Equal(0, (int)(await app.GetAsync($"{Campaigns}?{query}"))["total"]!);
        }
    }
}
