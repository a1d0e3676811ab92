using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>Message 1 in several languages, from the draft to what each person gets.</summary>
[Collection(CampaignsApp.Name)]
public class VariantsTests(CampaignsApp app)
{
    [Fact]
    public async Task Everybody_gets_the_template_of_their_language_as_it_was_at_launch()
    {
        var (english, french, german) = (
            await TemplateAsync("en", "Hello {{1}}"), await TemplateAsync("fr_FR", "Bonjour {{1}}, {{2}}"),
            await TemplateAsync("de", "Guten Tag"));
        string?[] languages = ["fr", "fr-CA", "en", "de-AT", "it", null];
        var people = await PeopleAsync(languages);
        var phones = people.ConvertAll(person => (string)person["phone"]!);
        await using var orders = app.Desk.TakeOver([.. phones]);
        var campaign = await app.CreateCampaignAsync(people, new()
        {
            ["message1"] = Message1(
                english, new() { ["1"] = "{{firstName}}" },
                Variant(french, new() { ["1"] = "{{firstName}}", ["2"] = "à {{city}}" }),
                Variant(german, [])),
        });

        await app.MoveAsync(campaign.Id(), "launch");
        await app.ExecuteAsync(
            "update templates set body = 'Changed', content_sid = 'HX0', language = 'xx' where id = any($1)",
            new[] { english.Id(), french.Id(), german.Id() });
        var sent = (await orders.AcceptNextAsync(6)).ToDictionary(order => phones.IndexOf(order.To));
        await app.CompletedAsync(campaign.Id());

        (JsonNode Template, string Text)[] expected =
        [
            (french, "Bonjour Zoé 0, à Lyon"), (french, "Bonjour Zoé 1, à Lyon"), (english, "Hello Zoé 2"),
            (german, "Guten Tag"), (english, "Hello Zoé 4"), (english, "Hello Zoé 5"),
        ];
        foreach (var (place, (template, text)) in expected.Index())
        {
            Assert.Equal(
                ((string?)template["contentSid"], (string?)template["language"]),
                (sent[place].Template!.ContentSid, sent[place].Template!.Language));
            var thread = await app.GetAsync($"/api/conversations/{people[place].Id()}");
            Assert.Equal(text, (string?)Assert.Single(thread["items"]!.AsArray())!["text"]);
            Assert.Equal(text, (string?)(await app.GetAsync($"/api/messages/{sent[place].MessageId}"))["text"]);
        }

        Assert.Equal(
            new Dictionary<string, string> { ["1"] = "Zoé 0", ["2"] = "à Lyon" }, sent[0].Template!.Variables);
    }

    [Fact]
    public async Task A_value_that_a_variant_lacks_counts_for_its_people_only()
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour {{1}}"));
        var people = await PeopleAsync(["fr", "fr", "en"]);
        await app.ExecuteAsync(
            "update contacts set first_name = null where id = any($1)", new[] { people[1].Id(), people[2].Id() });
        await using var orders = app.Desk.TakeOver([.. people.Select(person => (string)person["phone"]!)]);
        var campaign = await app.CreateCampaignAsync(people, new()
        {
            ["message1"] = Message1(english, [], Variant(french, new() { ["1"] = "{{firstName}}" })),
        });

        var preview = await app.GetAsync($"/api/campaigns/{campaign.Id()}/preview");
        Assert.Equal((3, 2), ((int)preview["total"]!, (int)preview["recipients"]!));
        Assert.Equal(1, (int)preview["excluded"]!["missingVariable"]!);
        var variant = Assert.Single(preview["variants"]!.AsArray())!;
        Assert.Equal(
            ("fr", 1, 1),
            ((string?)variant["language"], (int)variant["recipients"]!, (int)variant["missingValues"]!["1"]!));
        Assert.Equal(
            ["en: Hello", "fr: Bonjour Zoé 0"],
            preview["samples"]!.AsArray().Select(sample => $"{sample!["language"]}: {sample["text"]}"));
        var missing = Assert.Single((await app.GetAsync(
            $"/api/campaigns/{campaign.Id()}/missing-values"))["items"]!.AsArray())!;
        Assert.Equal(
            (people[1].Id(), "fr", "1"),
            ((Guid)missing["contactId"]!, (string?)missing["language"], (string?)missing["missing"]![0]));
        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/launch", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        await app.MoveAsync(campaign.Id(), "launch?missingValues=skip");
        await orders.AcceptNextAsync(2);
        var stats = await app.CompletedAsync(campaign.Id());
        Assert.Equal((2, 1), ((int)stats["sent"]!, (int)stats["skipped"]!));
    }

    [Fact]
    public async Task The_audience_can_be_counted_by_language_before_there_is_a_campaign()
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour {{1}}"));
        var people = await PeopleAsync(["fr", "fr", "en"]);

        var count = await app.PostAsync("/api/campaigns/audience", new JsonObject
        {
            ["audience"] = Picked(people),
            ["templateId"] = english.Id(),
            ["variants"] = new JsonArray(new JsonObject { ["templateId"] = french.Id() }),
        });

        Assert.Equal(
            ("fr", 2), ((string?)count["variants"]![0]!["language"], (int)count["variants"]![0]!["recipients"]!));
        Assert.Equal(
            ["Hello", "Bonjour {{1}}", "Bonjour {{1}}"],
            count["samples"]!.AsArray().Select(sample => (string)sample!["text"]!));
    }

    [Theory]
    [InlineData("""[{}]""", "message1.variants[0].templateId", "missing")]
    [InlineData("""[null]""", "message1.variants[0].templateId", "missing")]
    [InlineData("""[{ "templateId": "UNKNOWN" }]""", "message1.variants[0].templateId", "no template")]
    [InlineData("""[{ "templateId": "FRENCH" }]""", "message1.variants[0].variables.1", "not filled")]
    [InlineData(
        """[{ "templateId": "FRENCH", "variables": { "1": "x", "2": "y" } }]""",
        "message1.variants[0].variables.2", "no variable 2")]
    [InlineData(
        """[{ "templateId": "FRENCH", "variables": { "1": "x" }, "fallbacks": { "1": " " } }]""",
        "message1.variants[0].fallbacks.1", "missing")]
    [InlineData(
        """[{ "templateId": "FRENCH", "variables": { "1": "x" }, "language": "français" }]""",
        "message1.variants[0].language", "language tag")]
    [InlineData(
        """[{ "templateId": "FRENCH", "variables": { "1": "x" }, "language": "EN" }]""",
        "message1.variants[0].language", "in en already")]
    [InlineData("""[{ "templateId": "ENGLISH" }]""", "message1.variants[0].templateId", "in en already")]
    [InlineData(
        """
        [{ "templateId": "FRENCH", "variables": { "1": "x" }, "language": "fr-CA" },
         { "templateId": "FRENCH", "variables": { "1": "y" }, "language": "FR_ca" }]
        """,
        "message1.variants[1].language", "a variant in fr-CA already")]
    [InlineData("""[{ "template": "FRENCH" }]""", "message1.variants[0].template", "no field")]
    public async Task A_variant_that_cannot_be_is_named_with_a_remedy(string variants, string field, string remedy)
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour {{1}}"));
        var message1 = Message1(english, []);
        message1["variants"] = JsonNode.Parse(variants
            .Replace("UNKNOWN", $"{Guid.NewGuid()}", StringComparison.Ordinal)
            .Replace("ENGLISH", $"{english.Id()}", StringComparison.Ordinal)
            .Replace("FRENCH", $"{french.Id()}", StringComparison.Ordinal));
        var form = new JsonObject
        {
            ["name"] = "Printemps",
            ["audience"] = new JsonObject { ["all"] = true },
            ["message1"] = message1,
        };

        using var response = await app.Client.PostAsync(
            "/api/campaigns", new StringContent(form.ToJsonString(), Encoding.UTF8, "application/json"));

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, text);
        Assert.Contains(remedy, (string?)JsonNode.Parse(text)!["errors"]![field]?[0] ?? text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_keeps_its_variants_through_reading_changing_and_duplicating()
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour {{1}}"));
        var people = await PeopleAsync(["fr"]);
        var variant = Variant(french, new() { ["1"] = "{{firstName}}" });
        variant["fallbacks"] = new JsonObject { ["1"] = "vous" };
        var draft = await app.CreateCampaignAsync(people, new() { ["message1"] = Message1(english, [], variant) });
        var read = (await app.GetAsync($"/api/campaigns/{draft.Id()}"))["message1"]!;
        Assert.Equal("fr", (string?)read["variants"]![0]!["language"]);
        Assert.Equal("vous", (string?)read["variants"]![0]!["fallbacks"]!["1"]);

        using var changed = await app.Client.PutAsJsonAsync($"/api/campaigns/{draft.Id()}", new JsonObject
        {
            ["name"] = "Été",
            ["audience"] = Picked(people),
            ["message1"] = read.DeepClone(),
        });
        Assert.Equal(
            read.ToJsonString(), (await changed.Content.ReadFromJsonAsync<JsonObject>())!["message1"]!.ToJsonString());
        await using var orders = app.Desk.TakeOver((string)people[0]["phone"]!);
        await app.MoveAsync(draft.Id(), "launch");
        await orders.AcceptNextAsync(1);
        await app.CompletedAsync(draft.Id());
        await app.ExecuteAsync("update templates set body = 'Salut {{1}}' where id = $1", french.Id());
        var copy = await app.PostAsync($"/api/campaigns/{draft.Id()}/duplicate");
        Assert.Equal(read.ToJsonString(), copy["message1"]!.ToJsonString());
        Assert.Equal(
            "Salut Zoé 0", // what it says now, not what the first one has frozen
            (string?)(await app.GetAsync($"/api/campaigns/{copy.Id()}/preview"))["samples"]![0]!["text"]);

        ((JsonObject)read).Remove("variants");
        using var single = await app.Client.PutAsJsonAsync($"/api/campaigns/{copy.Id()}", new JsonObject
        {
            ["name"] = "Été",
            ["audience"] = Picked(people),
            ["message1"] = read.DeepClone(),
        });
        Assert.Empty((await single.Content.ReadFromJsonAsync<JsonObject>())!["message1"]!["variants"]!.AsArray());
    }

    [Theory]
    [InlineData("fr-CA", null, "Bonjour Zoé 0")]
    [InlineData("it", null, "Hello")]
    [InlineData("it", "fr", "Bonjour Zoé 0")]
    [InlineData("fr", "en", "Hello")]
    public async Task A_test_goes_in_the_language_of_the_number_or_in_the_one_that_is_asked_for(
        string own, string? asked, string text)
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour {{1}}"));
        var people = await PeopleAsync([own]);
        var phone = (string)people[0]["phone"]!;
        var draft = await app.CreateCampaignAsync(
            people, new() { ["message1"] = Message1(english, [], Variant(french, new() { ["1"] = "{{firstName}}" })) });
        await using var orders = app.Desk.TakeOver(phone);

        var test = await app.PostAsync(
            $"/api/campaigns/{draft.Id()}/test-send", new JsonObject { ["phone"] = phone, ["language"] = asked });

        var order = Assert.Single(await orders.AcceptNextAsync(1));
        var template = text == "Hello" ? english : french;
        Assert.Equal(
            ((string?)template["contentSid"], (string?)template["language"]),
            (order.Template!.ContentSid, order.Template.Language));
        Assert.Equal(text, (string?)(await app.GetAsync($"/api/messages/{(Guid)test["messageId"]!}"))["text"]);
    }

    [Fact]
    public async Task A_template_is_not_changed_or_deleted_while_a_variant_needs_it()
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour"));
        var launched = await app.LaunchAsync(1, new() { ["message1"] = Message1(english, [], Variant(french, [])) });
        await using (launched)
        {
            using var changed = await app.Client.PutAsJsonAsync($"/api/templates/{french.Id()}", new JsonObject
            {
                ["name"] = "Autre",
                ["contentSid"] = $"HX{Guid.NewGuid():N}",
                ["language"] = "fr",
                ["body"] = "Salut",
            });
            Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
            using var deleted = await app.Client.DeleteAsync($"/api/templates/{french.Id()}");
            Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
        }
    }

    [Fact]
    public async Task A_launch_tells_what_has_become_of_a_variant_s_template()
    {
        var (english, french) = (await TemplateAsync("en", "Hello"), await TemplateAsync("fr", "Bonjour"));
        var people = await PeopleAsync(["fr"]);
        var draft = await app.CreateCampaignAsync(
            people, new() { ["message1"] = Message1(english, [], Variant(french, [])) });

        await ChangeAsync("variables = '{1}'");
        Assert.Contains("fill its variable 1", await RefusedAsync("launch"), StringComparison.Ordinal);
        await ChangeAsync("variables = '{}', deleted_at = now()");
        Assert.Contains("has been deleted", await RefusedAsync("launch"), StringComparison.Ordinal);
        Assert.Contains(
            "has been deleted", await RefusedAsync("test-send", new() { ["phone"] = (string?)people[0]["phone"] }),
            StringComparison.Ordinal);
        Assert.Contains("has been deleted", await RefusedAsync("preview"), StringComparison.Ordinal);
        Assert.Contains("has been deleted", await RefusedAsync("missing-values"), StringComparison.Ordinal);
        await ChangeAsync("deleted_at = null");
        await app.ExecuteAsync("update templates set language = 'FR' where id = $1", english.Id());
        Assert.Contains("it is in fr now", await RefusedAsync("launch"), StringComparison.Ordinal);

        Task ChangeAsync(string what) => app.ExecuteAsync($"update templates set {what} where id = $1", french.Id());

        async Task<string> RefusedAsync(string call, JsonObject? body = null)
        {
            using var refused = call is "preview" or "missing-values"
                ? await app.Client.GetAsync($"/api/campaigns/{draft.Id()}/{call}")
                : await app.Client.PostAsJsonAsync($"/api/campaigns/{draft.Id()}/{call}", body ?? []);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            return (string)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
        }
    }

    private Task<JsonNode> TemplateAsync(string language, string body) =>
        app.CreateTemplateAsync(new() { ["language"] = language, ["body"] = body });

    private async Task<List<JsonNode>> PeopleAsync(string?[] languages)
    {
        var people = new List<JsonNode>();
        foreach (var language in languages)
        {
            people.Add(await app.CreateContactAsync(new()
            {
                ["firstName"] = $"Zoé {people.Count}",
                ["language"] = language,
                ["attributes"] = new JsonObject { ["city"] = "Lyon" },
            }));
        }

        return people;
    }

    private static JsonObject Message1(JsonNode template, JsonObject variables, params JsonNode[] variants)
    {
        var message = Variant(template, variables);
        if (variants.Length > 0)
        {
            message["variants"] = new JsonArray(variants);
        }

        return message;
    }

    private static JsonObject Variant(JsonNode template, JsonObject variables) =>
        new() { ["templateId"] = template.Id(), ["variables"] = variables };

    private static JsonObject Picked(IEnumerable<JsonNode> people) =>
        new() { ["contactIds"] = new JsonArray([.. people.Select(person => (JsonNode)person.Id())]) };
}
