using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ConversationTests(CampaignsApp app)
{
    private const string Conversations = "/api/conversations";

    [Fact]
    public async Task A_conversation_shows_both_sides_newest_first_with_what_became_of_each_message()
    {
        await using var campaign = await app.LaunchAsync(1, new()
        {
            ["message2"] = new JsonObject { ["body"] = "Merci {{firstName}} !" },
        });
        await campaign.Orders.AcceptNextAsync(1);
        var person = campaign.People[0];
        await app.CompletedAsync(campaign.Id);
        await app.Desk.WriteAsync(campaign.Phones[0], "Oui, <b>volontiers</b>");
        await campaign.Orders.AcceptNextAsync(1);

        var conversation = await ThreadAsync(person.Id(), thread => thread["items"]!.AsArray().Count == 3
            && (string?)thread["items"]![0]!["status"] == "sent");

        Assert.Equal(
            [("message2", "Merci Zoé 1 !"), ("inbound", "Oui, <b>volontiers</b>"),
                ("message1", $"Bonjour {campaign.Phones[0]}, votre rendez-vous est le lundi.")],
            conversation["items"]!.AsArray().Select(item => ((string)item!["kind"]!, (string)item["text"]!)));
        Assert.Equal("Printemps", (string?)conversation["items"]![0]!["campaignName"]);
        Assert.Equal((3, 1, false), (
            (int)conversation["total"]!, (int)conversation["unread"]!, (bool)conversation["awaiting"]!));
        Assert.Equal((true, true), (
            (bool)conversation["canWrite"]!["text"]!, (bool)conversation["canWrite"]!["template"]!));

        var page = await app.GetAsync($"{Conversations}/{person.Id()}?limit=2");
        var rest = await app.GetAsync($"{Conversations}/{person.Id()}?limit=2&cursor={page["nextCursor"]}");
        Assert.Equal("message1", (string?)Assert.Single(rest["items"]!.AsArray())!["kind"]);
        Assert.Null(rest["nextCursor"]);
    }

    [Fact]
    public async Task People_who_wrote_are_listed_latest_first_until_they_are_read_and_answered()
    {
        var name = Guid.NewGuid().ToString("N");
        var (first, second) = (await PersonAsync(name), await PersonAsync(name));
        await app.CreateContactAsync(new() { ["lastName"] = name }); // has not written
        await WriteAsync(first, "Bonjour");
        await WriteAsync(second, "Salut");
        await WriteAsync(second, "Vous êtes là ?");

        var list = await app.GetAsync($"{Conversations}?search={name}");
        Assert.Equal(
            [second.Id(), first.Id()], list["items"]!.AsArray().Select(item => (Guid)item!["contactId"]!));
        Assert.Equal((2L, "Vous êtes là ?", true), (
            (long)list["items"]![0]!["unread"]!, (string)list["items"]![0]!["last"]!["text"]!,
            (bool)list["items"]![0]!["awaiting"]!));
        var page = await app.GetAsync($"{Conversations}?search={name}&limit=1");
        var next = await app.GetAsync($"{Conversations}?search={name}&limit=1&cursor={page["nextCursor"]}");
        Assert.Equal((first.Id(), 2), ((Guid)next["items"]![0]!["contactId"]!, (int)next["total"]!));

        using var read = await app.Client.PostAsync($"{Conversations}/{first.Id()}/read", null);
        Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        await app.PostAsync($"{Conversations}/{second.Id()}/messages", new JsonObject { ["body"] = "Oui !" });

        var waiting = await app.GetAsync($"{Conversations}?search={name}&awaiting=true&window=open");
        Assert.Equal((first.Id(), 0L), (
            (Guid)Assert.Single(waiting["items"]!.AsArray())!["contactId"]!, (long)waiting["items"]![0]!["unread"]!));
        var answered = await app.GetAsync($"{Conversations}?search={name}&awaiting=false");
        Assert.Equal(("outbound", 0L), (
            (string?)Assert.Single(answered["items"]!.AsArray())!["last"]!["direction"],
            (long)answered["items"]![0]!["unread"]!));
        Assert.Empty((await app.GetAsync($"{Conversations}?search={name}&window=closed"))["items"]!.AsArray());
    }

    [Fact]
    public async Task What_is_written_by_hand_goes_ahead_of_the_bulk_and_stays_out_of_the_statistics()
    {
        var person = await PersonAsync();
        await WriteAsync(person, "Une question");
        await using var campaign = await app.LaunchAsync(3);
        var first = await campaign.Orders.NextAsync();
        await using var orders = app.Desk.TakeOver((string)person["phone"]!);

        var sent = await app.PostAsync(
            $"{Conversations}/{person.Id()}/messages", new JsonObject { ["body"] = "Voici {{1}}" });
        Assert.Equal(("reply", "pending"), ((string?)sent["kind"], (string?)sent["status"]));
        await campaign.Orders.AcceptAsync(first);
        var order = await orders.NextAsync();
        Assert.Equal(("Voici {{1}}", true, null), (order.Text, order.Urgent, order.CampaignId));
        Assert.Single(campaign.Orders.Taken);
        await orders.AcceptAsync(order);
        await campaign.Orders.AcceptNextAsync(2);

        Assert.Equal(3, (int)(await app.CompletedAsync(campaign.Id))["total"]!);
        var thread = await ThreadAsync(person.Id(), thread => (string?)thread["items"]![0]!["status"] == "sent");
        Assert.False((bool)thread["awaiting"]!);
        var message = await app.GetAsync($"/api/messages/{sent.Id()}");
        Assert.Equal(("Voici {{1}}", "reply"), ((string?)message["text"], (string?)message["kind"]));
        Assert.Null(message["campaignId"]);
    }

    [Fact]
    public async Task Outside_the_window_only_a_template_can_be_sent()
    {
        var person = await PersonAsync();
        var path = $"{Conversations}/{person.Id()}/messages";
        var template = await app.CreateTemplateAsync();

        using var refused = await app.Client.PostAsJsonAsync(path, new { body = "Bonjour" });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var can = (await app.GetAsync($"{Conversations}/{person.Id()}"))["canWrite"]!;
        Assert.Equal((false, true), ((bool)can["text"]!, (bool)can["template"]!));
        Assert.Contains("24", (string)can["reason"]!, StringComparison.Ordinal);
        // Nobody has written anything yet.
        Assert.DoesNotContain("not sent", (string)can["reason"]!, StringComparison.Ordinal);

        await using var orders = app.Desk.TakeOver((string)person["phone"]!);
        var sent = await app.PostAsync(path, new JsonObject
        {
            ["templateId"] = template.Id(),
            ["variables"] = new JsonObject { ["1"] = "{{firstName}}", ["2"] = "lundi" },
        });

        Assert.Equal("Bonjour Zoé, votre rendez-vous est le lundi.", (string?)sent["text"]);
        var order = await orders.NextAsync();
        Assert.Equal((string?)template["contentSid"], order.Template!.ContentSid);
        Assert.Equal("Zoé", order.Template.Variables["1"]);
        await orders.AcceptAsync(order);
    }

    [Theory]
    [InlineData("update contacts set opted_out_at = now() where id = $1")]
    [InlineData("update contacts set not_joined_at = now() where id = $1")]
    public async Task Nobody_is_written_to_who_cannot_or_must_not_be(string sql)
    {
        var person = await PersonAsync();
        await WriteAsync(person, "Bonjour");
        await app.ExecuteAsync(sql, person.Id());

        using var refused = await app.Client.PostAsJsonAsync(
            $"{Conversations}/{person.Id()}/messages", new { body = "Bonjour" });

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.NotEmpty((string)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    [Theory]
    [InlineData("""{ }""", "body")]
    [InlineData("""{ "body": " " }""", "body")]
    [InlineData("""{ "body": "a\u0000" }""", "body")]
    [InlineData("""{ "templateId": "01a2015c-9140-78ab-b884-959e21680d84" }""", "templateId")]
    [InlineData("""{ "templateId": "TEMPLATE", "variables": { "1": "Zoé" } }""", "variables.2")]
    [InlineData("""{ "templateId": "TEMPLATE", "variables": { "1": "Zoé", "2": "{{city}}" } }""", "variables.2")]
    [InlineData("""{ "templateId": "TEMPLATE", "body": "Bonjour" }""", "body")]
    public async Task A_message_that_cannot_be_is_refused_with_its_field(string body, string field)
    {
        var person = await PersonAsync();
        await WriteAsync(person, "Bonjour");
        var template = (await app.CreateTemplateAsync()).Id().ToString();
        using var content = new StringContent(
            body.Replace("TEMPLATE", template, StringComparison.Ordinal), null, "application/json");

        using var refused = await app.Client.PostAsync($"{Conversations}/{person.Id()}/messages", content);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(problem["errors"]!.AsObject().ContainsKey(field), problem.ToJsonString());
    }

    [Fact]
    public async Task A_message_that_is_sent_twice_under_one_key_goes_out_once()
    {
        var person = await PersonAsync();
        await WriteAsync(person, "Bonjour");
        app.Client.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        try
        {
            var path = $"{Conversations}/{person.Id()}/messages";
            var first = await app.PostAsync(path, new JsonObject { ["body"] = "Bonjour" });
            var second = await app.PostAsync(path, new JsonObject { ["body"] = "Bonjour" });
            Assert.Equal(first.Id(), second.Id());
        }
        finally
        {
            app.Client.DefaultRequestHeaders.Remove("Idempotency-Key");
        }

        var thread = await app.GetAsync($"{Conversations}/{person.Id()}");
        Assert.Equal(2, (int)thread["total"]!);
    }

    [Fact]
    public async Task Erasing_a_person_removes_the_conversation_and_cancels_what_waits()
    {
        var person = await PersonAsync();
        await WriteAsync(person, "Mon adresse");
        var sent = await app.PostAsync(
            $"{Conversations}/{person.Id()}/messages", new JsonObject { ["body"] = "Merci" });

        using var erased = await app.Client.DeleteAsync($"/api/contacts/{person.Id()}");

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        using var gone = await app.Client.GetAsync($"{Conversations}/{person.Id()}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var message = await app.GetAsync($"/api/messages/{sent.Id()}");
        Assert.Equal(("", null), ((string?)message["phone"], (string?)message["text"]));
    }

    [Fact]
    public void A_place_in_a_list_can_be_written_and_read_again() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<DateTimeOffset>(), ArbMap.Default.ArbFor<Guid>(),
            (at, id) => Moment.Parse(new Moment(at, id).ToString(), null) == new Moment(at.ToUniversalTime(), id))
            .QuickCheckThrowOnFailure();

    private Task<JsonNode> PersonAsync(string? lastName = null) =>
        app.CreateContactAsync(new() { ["firstName"] = "Zoé", ["lastName"] = lastName ?? "Roux" });

    private async Task WriteAsync(JsonNode person, string text)
    {
        await app.Desk.WriteAsync((string)person["phone"]!, text);
        await ThreadAsync(person.Id(), thread => (string?)thread["items"]!.AsArray().FirstOrDefault()?["text"] == text);
    }

    private Task<JsonNode> ThreadAsync(Guid person, Func<JsonNode, bool> expected) => Eventually.ReturnsAsync(
        () => app.GetAsync($"{Conversations}/{person}"), expected, what: "the conversation is as expected");
}
