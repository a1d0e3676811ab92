using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Contracts;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ActivityTests(CampaignsApp app)
{
    [Fact]
    public async Task What_is_done_to_a_campaign_is_noted_with_who_did_it()
    {
        var contact = await app.CreateContactAsync();
        await using var orders = app.Desk.TakeOver((string)contact["phone"]!);
        var campaign = await app.CreateCampaignAsync([contact]);
        await AsAsync("zoé@example.org", campaign.Id(), "launch");
        await AsAsync("ana", campaign.Id(), "pause");
        await AsAsync("ana", campaign.Id(), "cancel");

        var entries = (await app.GetAsync($"/api/activity?subjectId={campaign.Id()}"))["items"]!.AsArray();

        Assert.Equal(
            [("campaign.cancelled", "ana"), ("campaign.paused", "ana"), ("campaign.launched", "zoé@example.org"),
                ("campaign.created", null)],
            entries.Select(entry => ((string)entry!["action"]!, (string?)entry["userName"])));
        Assert.All(entries, entry => Assert.Equal("Printemps", (string?)entry!["subject"]));
    }

    [Fact]
    public async Task From_where_it_was_done_is_noted_and_forgotten_after_half_a_year()
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        await AsAsync("ana", campaign.Id(), "cancel", "203.0.113.7");
        Assert.Equal("203.0.113.7", await AddressAsync());

        await ActivityEntry.ForgetAddressesAsync(
            app.Database, OrderDesk.Now().AddDays(180), CancellationToken.None);
        Assert.Equal("203.0.113.7", await AddressAsync());

        await ActivityEntry.ForgetAddressesAsync(
            app.Database, OrderDesk.Now().AddDays(184), CancellationToken.None);
        Assert.Null(await AddressAsync());

        async Task<string?> AddressAsync() =>
            (string?)(await app.GetAsync($"/api/activity?subjectId={campaign.Id()}"))["items"]![0]!["address"];
    }

    [Fact]
    public async Task An_import_is_noted_with_where_its_file_came_from()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/contacts/import")
        {
            Content = new StringContent($"phone\n{CampaignsApp.AnyPhone()}\n", Encoding.UTF8, "text/csv"),
        };
        request.Headers.Add("X-User-Address", "2001:db8::7");
        using var response = await app.Client.SendAsync(request);
        var id = (Guid)(await response.Content.ReadFromJsonAsync<JsonObject>())!["importId"]!;

        var entries = await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/activity?subjectId={id}"), found => found["items"]!.AsArray().Count == 2);

        Assert.Equal(["contacts.importStarted", "contacts.imported"], await app.ActivityOfAsync(id));
        Assert.All(entries["items"]!.AsArray(), entry => Assert.Equal("2001:db8::7", (string?)entry!["address"]));
    }

    [Fact]
    public async Task An_import_that_fails_is_noted_too()
    {
        var import = await app.ImportAsync("phone\n\"+336\n", "&name=liste.csv");

        Assert.Equal(["contacts.importFailed"], await app.ActivityOfAsync(import.Id()));
    }

    [Fact]
    public async Task What_is_done_by_hand_is_noted_without_a_word_about_the_person()
    {
        var contact = await app.CreateContactAsync(new() { ["firstName"] = "Zoé" });
        using var changed = await app.Client.PutAsJsonAsync(
            $"/api/contacts/{contact.Id()}", new JsonObject { ["phone"] = (string)contact["phone"]!, ["firstName"] = "Ana" });
        Assert.True(changed.IsSuccessStatusCode);

        Assert.Equal(["contact.created", "contact.changed"], await app.ActivityOfAsync(contact.Id()));
        var entries = (await app.GetAsync($"/api/activity?subjectId={contact.Id()}")).ToJsonString();
        Assert.DoesNotContain("Zo", entries, StringComparison.Ordinal);
        Assert.DoesNotContain(((string)contact["phone"]!)[1..], entries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_retries_and_downloads_of_a_campaign_are_noted()
    {
        await using var campaign = await app.LaunchAsync(1);
        await campaign.Orders.RejectAsync(await campaign.Orders.NextAsync(), "63016");
        await app.CompletedAsync(campaign.Id);
        await using var test = app.Desk.TakeOver("+33639981234");

        await app.PostAsync($"/api/campaigns/{campaign.Id}/test-send", new JsonObject { ["phone"] = "+33639981234" });
        await test.AcceptNextAsync(1);
        var failed = Assert.Single(await app.MessagesAsync(campaign.Id, "status=failed"))!;
        using var retried = await app.Client.PostAsync($"/api/messages/{failed.Id()}/retry", null);
        Assert.True(retried.IsSuccessStatusCode);
        await campaign.Orders.AcceptNextAsync(1);
        await app.Client.GetByteArrayAsync($"/api/campaigns/{campaign.Id}/export");

        Assert.Equal(
            ["campaign.created", "campaign.launched", "campaign.tested", "campaign.messageRetried", "campaign.exported"],
            await app.ActivityOfAsync(campaign.Id));
        var entries = (await app.GetAsync($"/api/activity?subjectId={campaign.Id}")).ToJsonString();
        Assert.DoesNotContain("33639981234", entries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_of_contacts_is_noted_but_not_whom_it_was_about()
    {
        var name = $"person-{Guid.NewGuid():n}";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/contacts/export?search=Zoé");
        request.Headers.Add("X-User-Name", name);
        using var response = await app.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);

        var entry = Assert.Single((await app.GetAsync($"/api/activity?userName={name}"))["items"]!.AsArray())!;

        Assert.Equal("contacts.exported", (string?)entry["action"]);
        Assert.DoesNotContain("Zo", entry.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_gateway_tells_stands_there_once_however_often_it_tells_it()
    {
        var (id, user) = (Guid.CreateVersion7(), Guid.NewGuid());
        var notes = new JsonArray(new JsonObject
        {
            ["id"] = id,
            ["at"] = OrderDesk.Now(),
            ["userName"] = null,
            ["address"] = "203.0.113.7",
            ["action"] = "user.signInFailed",
            ["subjectId"] = user,
            ["subject"] = "ana",
        });
        for (var times = 0; times < 2; times++)
        {
            using var told = await app.Client.PostAsJsonAsync("/internal/activity", notes);
            Assert.True(told.IsSuccessStatusCode, await told.Content.ReadAsStringAsync());
        }

        var entry = Assert.Single((await app.GetAsync($"/api/activity?subjectId={user}"))["items"]!.AsArray())!;
        Assert.Equal(
            ("user.signInFailed", null, "203.0.113.7", "ana"),
            ((string)entry["action"]!, (string?)entry["userName"], (string)entry["address"]!, (string)entry["subject"]!));
    }

    [Fact]
    public async Task Everybody_who_stands_in_it_is_named_once()
    {
        var name = $"person-{Guid.NewGuid():n}";
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        await AsAsync(name, campaign.Id(), "cancel");
        await AsAsync(name, campaign.Id(), "duplicate");

        var people = (await app.GetAsync("/api/activity/people")).AsArray().Select(person => (string?)person).ToList();

        Assert.Single(people, name);
        Assert.DoesNotContain(null, people);
    }

    [Fact]
    public async Task What_was_refused_is_not_noted()
    {
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);

        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/pause", null);

        Assert.False(refused.IsSuccessStatusCode);
        Assert.Single((await app.GetAsync($"/api/activity?subjectId={campaign.Id()}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task What_a_provider_told_and_nobody_understood_is_kept_once_a_day_and_counted()
    {
        var told = new UnknownWebhook
        {
            Provider = "gupshup",
            What = "the type billing-event",
            ReceivedAt = new(2026, 9, 15, 9, 0, 0, TimeSpan.Zero),
        };

        await app.Desk.SayAsync(told);
        await app.Desk.SayAsync(told with { ReceivedAt = told.ReceivedAt.AddHours(1) });
        await app.Desk.SayAsync(told with { ReceivedAt = told.ReceivedAt.AddDays(1) });

        await Eventually.BecomesTrueAsync(async () =>
            (await app.GetAsync("/api/activity?action=webhook.unknown"))["items"]!.AsArray()
                .Select(entry => ((string?)entry!["subject"], (string?)entry["details"]!["count"])).Order()
                .SequenceEqual([("the type billing-event", "1"), ("the type billing-event", "2")]));
    }

    [Fact]
    public async Task An_erasure_is_noted_without_a_word_about_the_person()
    {
        var contact = await app.CreateContactAsync(new() { ["firstName"] = "Zoé" });
        using var erased = await app.Client.DeleteAsync($"/api/contacts/{contact.Id()}");

        var entries = (await app.GetAsync($"/api/activity?subjectId={contact.Id()}")).ToJsonString();

        Assert.Equal(["contact.created", "contact.erased"], await app.ActivityOfAsync(contact.Id()));
        Assert.DoesNotContain("Zo", entries, StringComparison.Ordinal);
        Assert.DoesNotContain(((string)contact["phone"]!)[1..], entries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_are_noted_and_found_by_the_kind_of_the_action()
    {
        var template = await app.CreateTemplateAsync();
        using var changed = await app.Client.PutAsJsonAsync($"/api/templates/{template.Id()}", new JsonObject
        {
            ["name"] = "Autre",
            ["contentSid"] = (string)template["contentSid"]!,
            ["language"] = "fr",
            ["body"] = "Bonjour",
        });
        using var deleted = await app.Client.DeleteAsync($"/api/templates/{template.Id()}");

        var entries = await app.GetAsync($"/api/activity?subjectId={template.Id()}&action=template");

        Assert.Equal(
            ["template.deleted", "template.changed", "template.created"],
            entries["items"]!.AsArray().Select(entry => (string?)entry!["action"]));
        var others = await app.GetAsync($"/api/activity?subjectId={template.Id()}&action=campaign");
        Assert.Empty(others["items"]!.AsArray());
    }

    private async Task AsAsync(string user, Guid campaign, string move, string? address = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{campaign}/{move}");
        request.Headers.Add("X-User-Name", Uri.EscapeDataString(user)); // as the gateway writes it
        request.Headers.Add("X-User-Address", address ?? "198.51.100.1");
        using var response = await app.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
