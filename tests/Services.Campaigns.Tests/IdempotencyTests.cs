using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class IdempotencyTests(CampaignsApp app)
{
    private const string Header = "Idempotency-Key";

    [Fact]
    public async Task A_repeat_is_answered_as_the_first_one_and_does_nothing()
    {
        var (key, form) = (NewKey(), Person());
        using var first = await SendAsync("/api/contacts", key, form);
        using var again = await SendAsync("/api/contacts", key, form);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        Assert.Equal(
            (first.StatusCode, first.Headers.Location, await TextAsync(first)),
            (again.StatusCode, again.Headers.Location, await TextAsync(again)));
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_done_and_the_others_are_told_so()
    {
        var (key, form) = (NewKey(), new JsonObject { ["name"] = "Une fois", ["audience"] = All() });
        form["message1"] = await Message1Async();
        var before = await CampaignsNamedAsync("Une fois");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync("/api/campaigns", key, form)));

        Assert.Equal(before + 1, await CampaignsNamedAsync("Une fois"));
        Assert.All(
            answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Single(answers, answer =>
            answer.StatusCode is HttpStatusCode.Created && !answer.Headers.Contains("Idempotent-Replayed"));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Another_request_with_the_same_key_is_refused()
    {
        var key = NewKey();
        using var first = await SendAsync("/api/contacts", key, Person());
        using var other = await SendAsync("/api/contacts", key, Person());
        using var query = await SendAsync("/api/contacts?a=b", key, Person());

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity),
            (other.StatusCode, query.StatusCode));
    }

    [Fact]
    public async Task Keys_are_their_callers_own_and_of_one_address()
    {
        var key = NewKey();
        using var mine = await SendAsync("/api/contacts", key, Person());
        using var theirs = await SendAsync("/api/contacts", key, Person(), "ana");
        using var elsewhere = await SendAsync($"{mine.Headers.Location}", key, null, method: HttpMethod.Delete);

        Assert.Equal(
            (HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.NoContent),
            (mine.StatusCode, theirs.StatusCode, elsewhere.StatusCode));
    }

    [Fact]
    public async Task While_the_first_one_is_under_way_a_repeat_is_told_to_wait()
    {
        var (key, form) = (NewKey(), Person());
        using var first = await SendAsync("/api/contacts", key, form);
        await app.ExecuteAsync(
            "update idempotency_keys set status = null, leased_until = now() + interval '1 minute'");

        using var again = await SendAsync("/api/contacts", key, form);

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.NotNull(again.Headers.RetryAfter);
    }

    [Fact]
    public async Task What_was_made_before_a_crash_is_found_by_the_repeat()
    {
        await app.CreateTemplateAsync();
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);
        var template = new JsonObject
        {
            ["name"] = "Rappel",
            ["contentSid"] = $"HX{Guid.NewGuid():N}",
            ["language"] = "fr",
            ["body"] = "Bonjour",
        };
        var draft = new JsonObject { ["name"] = "Été", ["audience"] = All(), ["message1"] = await Message1Async() };
        var phone = CampaignsApp.AnyPhone();
        await using var orders = app.Desk.TakeOver(phone);

        await IsMadeOnceAsync("/api/contacts", Person());
        await IsMadeOnceAsync("/api/templates", template);
        await IsMadeOnceAsync("/api/campaigns", draft);
        await IsMadeOnceAsync($"/api/campaigns/{campaign.Id()}/duplicate", null);
        await IsMadeOnceAsync($"/api/campaigns/{campaign.Id()}/test-send", new JsonObject { ["phone"] = phone });

        Assert.Equal(1L, await app.CountAsync("select count(*) from messages where phone = $1", phone));
    }

    [Fact]
    public async Task A_file_is_taken_in_once_whatever_boundary_its_form_has()
    {
        var (key, phone) = (NewKey(), CampaignsApp.AnyPhone());
        using var first = await ImportAsync(key, phone, "one");
        using var again = await ImportAsync(key, phone, "another-boundary");
        using var other = await ImportAsync(key, CampaignsApp.AnyPhone(), "one");
        await ForgetAnswersAsync();
        using var crashed = await ImportAsync(key, phone, "one");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(await TextAsync(first), await TextAsync(again));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(await TextAsync(first), await TextAsync(crashed));
    }

    [Fact]
    public async Task An_upload_that_a_crash_has_broken_off_is_begun_anew()
    {
        var (key, phone) = (NewKey(), CampaignsApp.AnyPhone());
        using var first = await ImportAsync(key, phone, "one");
        var id = (Guid)JsonNode.Parse(await TextAsync(first))!["importId"]!;
        await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/contacts/imports/{id}"), import => (string?)import["state"] == "completed");
        await app.ExecuteAsync("update contact_imports set state = 'uploading' where id = $1", id);
        await ForgetAnswersAsync();

        using var again = await ImportAsync(key, phone, "one");

        Assert.Equal(await TextAsync(first), await TextAsync(again));
        await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/contacts/imports/{id}"), import => (string?)import["state"] == "completed");
    }

    [Fact]
    public async Task After_a_refusal_the_request_may_be_corrected_under_the_same_key()
    {
        var (key, form) = (NewKey(), Person());
        using var wrong = await SendAsync("/api/contacts", key, new JsonObject { ["phone"] = "12" });
        using var corrected = await SendAsync("/api/contacts", key, form);
        using var again = await SendAsync("/api/contacts", key, form);

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.Created, HttpStatusCode.Created),
            (wrong.StatusCode, corrected.StatusCode, again.StatusCode));
        Assert.False(corrected.Headers.Contains("Idempotent-Replayed"));
        Assert.True(again.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task What_the_state_did_not_allow_is_looked_at_anew()
    {
        var contact = await app.CreateContactAsync();
        await using var orders = app.Desk.TakeOver((string)contact["phone"]!);
        var campaign = await app.CreateCampaignAsync([contact]);
        var (key, path) = (NewKey(), $"/api/campaigns/{campaign.Id()}/pause");
        using var early = await SendAsync(path, key, null);
        await app.MoveAsync(campaign.Id(), "launch");
        using var later = await SendAsync(path, key, null);
        using var again = await SendAsync(path, key, null);

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.Accepted, HttpStatusCode.Accepted),
            (early.StatusCode, later.StatusCode, again.StatusCode));
    }

    [Fact]
    public async Task A_fault_is_not_kept()
    {
        var failed = NewKey();
        app.ProviderTemplates = null;
        using var fault = await SendAsync("/api/templates/sync", failed, null);
        app.ProviderTemplates = [];
        using var well = await SendAsync("/api/templates/sync", failed, null);

        Assert.True(fault.StatusCode >= HttpStatusCode.InternalServerError);
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_may_be_corrected_under_the_same_key()
    {
        var key = NewKey();
        using var broken = await SendAsync("/api/contacts", key, "{");
        using var corrected = await SendAsync("/api/contacts", key, Person());

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.Created), (broken.StatusCode, corrected.StatusCode));
    }

    [Fact]
    public async Task After_a_day_a_key_is_forgotten()
    {
        var (key, form) = (NewKey(), Person());
        using var first = await SendAsync("/api/contacts", key, form);
        await app.ExecuteAsync("update idempotency_keys set created_at = now() - interval '24 hours 1 second'");

        using var again = await SendAsync("/api/contacts", key, form);

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.False(again.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task What_is_kept_says_nothing_about_anybody()
    {
        var (key, form) = (NewKey(), Person());
        form["firstName"] = "Zoélie";
        using var made = await SendAsync("/api/contacts", key, form, "ana@example.org");

        Assert.Equal(0L, await app.CountAsync("""
            select count(*) from idempotency_keys k
            where (k::text || encode(coalesce(body, ''), 'escape')) ~ ('(Zo.*lie|ana@example|' || $1 || ')')
            """, ((string)form["phone"]!)[1..]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_that_cannot_be_one_is_refused(int length)
    {
        using var refused = await SendAsync("/api/contacts", new string('k', length), Person());

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True((await refused.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject().ContainsKey(Header));
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private static JsonObject Person() => new() { ["phone"] = CampaignsApp.AnyPhone() };

    private static JsonObject All() => new() { ["all"] = true };

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private async Task<JsonObject> Message1Async() => new()
    {
        ["templateId"] = (await app.CreateTemplateAsync(new() { ["body"] = "Bonjour" })).Id(),
        ["variables"] = new JsonObject(),
    };

    private Task<long> CampaignsNamedAsync(string name) =>
        app.CountAsync("select count(*) from campaigns where name = $1", name);

    /// <summary>As if the service had died between the write and the keeping of its answer.</summary>
    private Task ForgetAnswersAsync() => app.ExecuteAsync("""
        update idempotency_keys set
            status = null, request = null, body = null, leased_until = now() - interval '1 second'
        """);

    private async Task IsMadeOnceAsync(string path, JsonNode? form)
    {
        var key = NewKey();
        using var first = await SendAsync(path, key, form);
        Assert.True(first.IsSuccessStatusCode, await TextAsync(first));
        await ForgetAnswersAsync();

        using var again = await SendAsync(path, key, form);

        Assert.Equal((first.StatusCode, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        Assert.False(again.Headers.Contains("Idempotent-Replayed"));
    }

    private async Task<HttpResponseMessage> ImportAsync(string key, string phone, string boundary)
    {
        using var form = new MultipartFormDataContent(boundary);
        using var file = new StringContent($"phone;firstName\n{phone};Zoé\n", Encoding.UTF8);
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(file, "file", "people.csv");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/contacts/import") { Content = form };
        request.Headers.Add(Header, key);
        return await app.Client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(
        string path, string key, JsonNode? body, string? caller = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation(Header, key);
        request.Headers.Add("X-User-Name", Uri.EscapeDataString(caller ?? "léa"));
        request.Content = body switch
        {
            null => null,
            JsonValue text => new StringContent((string)text!, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        return await app.Client.SendAsync(request);
    }
}
