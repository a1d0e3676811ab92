using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class AudienceTests(CampaignsApp app)
{
    [Fact]
    public async Task An_audience_is_counted_with_its_exclusions_before_there_is_a_campaign()
    {
        var (tag, other) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var named = await PersonAsync("Zoé", tag);
        await PersonAsync(null, tag); // lacks the name that the message needs
        await PersonAsync("Léa", tag, other);
        var left = await PersonAsync("Ana", tag);
        var opted = await PersonAsync("Eva", tag);
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", opted.Id());
        await PersonAsync("Ida", other);
        var template = await app.CreateTemplateAsync();

        var count = await app.PostAsync("/api/campaigns/audience", new JsonObject
        {
            ["audience"] = new JsonObject
            {
                ["tags"] = new JsonArray(tag, other),
                ["exclude"] = new JsonObject
                {
                    ["tags"] = new JsonArray(other),
                    ["contactIds"] = new JsonArray(left.Id()),
                },
            },
            ["templateId"] = template.Id(),
            ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
        });

        Assert.Equal((3, 1, 1, 1), (
            (int)count["total"]!, (int)count["recipients"]!, (int)count["excluded"]!["optedOut"]!,
            (int)count["excluded"]!["missingVariable"]!));
        var sample = Assert.Single(count["samples"]!.AsArray())!;
        Assert.Equal(
            (named.Id(), "Bonjour Zoé, votre rendez-vous est le {{2}}."),
            ((Guid)sample["contactId"]!, (string?)sample["text"]));
    }

    [Fact]
    public async Task Those_of_a_campaign_are_counted_with_their_exclusions_and_without_the_erased()
    {
        var people = new List<JsonNode>();
        foreach (var name in new[] { "Zoé", "Eva", "Ida", null, "Ana" })
        {
            people.Add(await PersonAsync(name));
        }

        var campaign = (await app.CreateCampaignAsync([.. people])).Id();
        await app.ExecuteAsync("""
            insert into messages (id, campaign_id, contact_id, kind, phone, status, replied_at, created_at)
            select uuid_v7(), $1, contact, kind, '+1', 6, case when contact = $3 then now() end, now()
            from unnest($2 || null::uuid) contact, generate_series(1, 2) kind
            where kind = 1 or contact is not null
            """, campaign, people.Select(person => person.Id()).ToArray(), people[4].Id());
        await app.ExecuteAsync("update contacts set opted_out_at = now() where id = $1", people[1].Id());
        await app.ExecuteAsync("update contacts set not_joined_at = now() where id = $1", people[2].Id());

        var count = await app.PostAsync("/api/campaigns/audience", new JsonObject
        {
            ["audience"] = new JsonObject
            {
                ["where"] = new JsonObject { ["campaign"] = campaign, ["result"] = "notReplied" },
            },
            ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
        });

        var excluded = count["excluded"]!;
        Assert.Equal((4, 1, 1, 1, 1), (
            (int)count["total"]!, (int)count["recipients"]!, (int)excluded["optedOut"]!, (int)excluded["notJoined"]!,
            (int)excluded["missingVariable"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // with a variant each person is looked at, in place of those who are not in the audience
    public async Task Those_of_a_campaign_who_are_known_for_something_are_counted_in_either_way(bool hasVariant)
    {
        var (tag, other) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var people = new[]
        {
            await PersonAsync("Zoé", tag), await PersonAsync("replied", tag), await PersonAsync("left out", tag),
            await PersonAsync("left out", tag, other), await PersonAsync("opted out", tag),
            await PersonAsync(null, tag), await PersonAsync("known for nothing"), await PersonAsync("no message", tag),
            await PersonAsync("opted out, known for nothing"),
        };
        var campaign = (await app.CreateCampaignAsync(people)).Id();
        await app.ExecuteAsync("""
            insert into messages (id, campaign_id, contact_id, kind, phone, status, replied_at, created_at)
            select uuid_v7(), $1, contact, 1, '+1', 6, case when contact = $3 then now() end, now()
            from unnest($2) contact where contact <> $4
            """, campaign, people.Select(person => person.Id()).ToArray(), people[1].Id(), people[7].Id());
        await app.ExecuteAsync(
            "update contacts set opted_out_at = now() where id = any($1)", new[] { people[4].Id(), people[8].Id() });

        var count = await app.PostAsync("/api/campaigns/audience", new JsonObject
        {
            ["audience"] = new JsonObject
            {
                ["where"] = new JsonObject
                {
                    ["all"] = new JsonArray(
                        new JsonObject { ["tag"] = tag },
                        new JsonObject { ["campaign"] = campaign, ["result"] = "notReplied" }),
                },
                ["exclude"] = new JsonObject
                {
                    ["tags"] = new JsonArray(other),
                    ["contactIds"] = new JsonArray(people[2].Id()),
                },
            },
            ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
            ["variants"] = hasVariant
                ? new JsonArray(new JsonObject
                {
                    ["language"] = "nl",
                    ["variables"] = new JsonObject { ["1"] = "{{firstName}}" },
                })
                : null,
        });

        Assert.Equal((3, 1, 1, 1), (
            (int)count["total"]!, (int)count["recipients"]!, (int)count["excluded"]!["optedOut"]!,
            (int)count["excluded"]!["missingVariable"]!));
    }

    [Fact]
    public async Task A_launch_reaches_whom_the_count_promised()
    {
        var tag = Guid.NewGuid().ToString("N");
        var (one, two) = (await PersonAsync("Zoé", tag), await PersonAsync("Ana", tag));
        await using var orders = app.Desk.TakeOver((string)one["phone"]!, (string)two["phone"]!);
        var campaign = await app.CreateCampaignAsync([], new()
        {
            ["audience"] = new JsonObject
            {
                ["tags"] = new JsonArray(tag),
                ["exclude"] = new JsonObject { ["contactIds"] = new JsonArray(two.Id()) },
            },
        });

        Assert.Equal(1, (int)(await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview"))["recipients"]!);
        await app.MoveAsync(campaign.Id(), "launch");

        Assert.Equal((string?)one["phone"], (await orders.AcceptNextAsync(1)).Single().To);
        Assert.Equal(1, (int)(await app.CompletedAsync(campaign.Id()))["total"]!);
    }

    [Fact]
    public async Task Of_a_large_audience_everybody_has_a_message_soon_after_the_launch()
    {
        const int People = 2 * AudienceFreeze.FirstChunk + 1;
        var tag = $"large{Random.Shared.Next()}";
        await app.ExecuteAsync("""
            insert into contacts (id, phone, tags, opted_out_at, created_at, updated_at)
            select uuid_v7(), '+' || ($2 + n)::text, array[$1], now(), now(), now()
            from generate_series(1, $3) n
            """, tag, 881_000_000_000 + Random.Shared.NextInt64(90_000) * 10_000, People);
        var campaign = await app.CreateCampaignAsync(
            [], new() { ["audience"] = new JsonObject { ["tags"] = new JsonArray(tag) } });

        await app.MoveAsync(campaign.Id(), "launch");

        await app.CompletedAsync(campaign.Id());
        Assert.Equal(People, await app.CountAsync(
            "select count(distinct contact_id) from messages where campaign_id = $1 and status = 9", campaign.Id()));
    }

    [Fact]
    public async Task A_campaign_that_cannot_be_frozen_holds_up_no_other()
    {
        const int People = AudienceFreeze.FirstChunk + 1;
        var tag = $"behind{Random.Shared.Next()}";
        await app.ExecuteAsync("""
            insert into contacts (id, phone, tags, opted_out_at, created_at, updated_at)
            select uuid_v7(), '+' || ($2 + n)::text, array[$1], now(), now(), now()
            from generate_series(1, $3) n
            """, tag, 882_000_000_000 + Random.Shared.NextInt64(90_000) * 10_000, People);
        var broken = (await app.CreateCampaignAsync([await app.CreateContactAsync()])).Id();
        await app.ExecuteAsync("update campaigns set status = 'paused' where id = $1", broken); // never launched
        var campaign = await app.CreateCampaignAsync(
            [], new() { ["audience"] = new JsonObject { ["tags"] = new JsonArray(tag) } });

        await app.MoveAsync(campaign.Id(), "launch");

        await app.CompletedAsync(campaign.Id());
        await app.ExecuteAsync("update campaigns set status = 'cancelled' where id = $1", broken);
        Assert.Equal(People, await app.CountAsync(
            "select count(*) from messages where campaign_id = $1", campaign.Id()));
    }

    [Fact]
    public async Task A_preview_tells_whose_membership_will_have_ended_by_their_turn()
    {
        var (now, gone) = (await app.CreateContactAsync(), await app.CreateContactAsync());
        await app.ExecuteAsync("update contacts set joined_at = now() where id = $1", now.Id());
        // Ends in 10 ms; at 20 messages a second the second one's turn comes after 100 ms.
        await app.ExecuteAsync(
            "update contacts set joined_at = now() - interval '72 hours' + interval '10 ms' where id = $1", gone.Id());
        var campaign = await app.CreateCampaignAsync([now, gone]);

        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");

        Assert.Equal((2, 1), ((int)preview["recipients"]!, (int)preview["expiring"]!));
    }

    [Fact]
    public async Task A_preview_ends_after_the_start_and_outside_the_quiet_hours()
    {
        var evening = new DateTimeOffset(OrderDesk.Now().UtcDateTime.Date.AddDays(2).AddHours(22), TimeSpan.Zero);
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()], new()
        {
            ["startAt"] = evening,
            ["quietHours"] = new JsonObject { ["from"] = "21:00", ["to"] = "08:00", ["timeZone"] = "UTC" },
        });

        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");

        Assert.Equal(
            evening.AddHours(10).AddSeconds((double)preview["estimatedDurationSeconds"]!),
            (DateTimeOffset)preview["estimatedFinishAt"]!);
    }

    [Theory]
    [InlineData("""{ }""", "audience")]
    [InlineData("""{ "audience": { "all": true, "tags": ["a"] } }""", "audience")]
    [InlineData("""{ "audience": { "all": true, "exclude": { "tags": [] } } }""", "audience.exclude.tags")]
    [InlineData("""{ "audience": { "all": true, "exclude": { "contactIds": [] } } }""", "audience.exclude.contactIds")]
    [InlineData(
        """{ "audience": { "contactIds": ["01a2015c-9140-78ab-b884-959e21680d84"] } }""", "audience.contactIds")]
    [InlineData(
        """{ "audience": { "all": true }, "templateId": "01a2015c-9140-78ab-b884-959e21680d84" }""", "templateId")]
    public async Task What_cannot_be_counted_is_refused_with_its_field(string body, string field)
    {
        using var content = new StringContent(body, null, "application/json");
        using var refused = await app.Client.PostAsync("/api/campaigns/audience", content);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(problem["errors"]!.AsObject().ContainsKey(field), problem.ToJsonString());
    }

    [Fact]
    public async Task Tags_are_listed_with_how_many_have_them()
    {
        var tag = Guid.NewGuid().ToString("N");
        for (var person = 0; person < 3; person++)
        {
            await PersonAsync("Zoé", tag);
        }

        // Among the first 200, unless other tests have left so many larger ones.
        await app.ExecuteAsync("update contacts set tags = '{}' where not tags && array[$1]", tag);
        var tags = (await app.GetAsync("/api/contacts/tags")).AsArray();

        Assert.Equal(3, (int)Assert.Single(tags, entry => (string?)entry!["tag"] == tag)!["contacts"]!);
    }

    private Task<JsonNode> PersonAsync(string? firstName, params string[] tags) => app.CreateContactAsync(new()
    {
        ["firstName"] = firstName,
        ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]),
    });
}
