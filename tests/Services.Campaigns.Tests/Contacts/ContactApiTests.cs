using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using ServiceDefaults;
using Testing;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ContactApiTests(CampaignsApp app)
{
    private const string Contacts = "/api/contacts";

    [Fact]
    public async Task A_contact_is_created_in_E164_and_found_where_the_answer_points()
    {
        var phone = CampaignsApp.AnyPhone();
        using var response = await app.Client.PostAsJsonAsync(Contacts, new JsonObject
        {
            ["phone"] = phone.Insert(3, " (0)").Insert(9, "."),
            ["firstName"] = " Zoé ",
            ["language"] = "fr",
            ["tags"] = new JsonArray("vip", "vip", "Lyon"),
            ["attributes"] = new JsonObject { ["city"] = "Lyon", ["vide"] = "" },
        });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var contact = await app.GetAsync(response.Headers.Location!.ToString());
        Assert.Equal(phone, (string?)contact["phone"]);
        Assert.Equal("Zoé", (string?)contact["firstName"]);
        Assert.Equal(["vip", "Lyon"], contact["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal("Lyon", (string?)contact["attributes"]!["city"]);
        Assert.Equal("unknown", (string?)contact["sandbox"]!["state"]);
        Assert.False((bool)contact["session"]!["open"]!);
        Assert.False((bool)contact["optedOut"]!);
        Assert.Equal(7, Guid.Parse((string)contact["id"]!).Version);
    }

    [Theory]
    [InlineData("""{ "phone": "06 12 34 56 78" }""", "phone", "+33")]
    [InlineData("""{ "firstName": "Zoé" }""", "phone", "international form")]
    [InlineData("""{ "phone": "+33612345678", "firstName": "a\u0000b" }""", "firstName", "control character")]
    [InlineData("""{ "phone": "+33612345678", "firstName": "a\uFFFEb" }""", "firstName", "control character")]
    [InlineData("""{ "phone": "+33612345678", "lastName": "\ud800" }""", "lastName", "")]
    [InlineData("""{ "phone": "+33612345678", "language": "français" }""", "language", "fr-CA")]
    [InlineData("""{ "phone": "+33612345678", "tags": [""] }""", "tags", "missing")]
    [InlineData("""{ "phone": "+33612345678", "tags": [null] }""", "tags", "missing")]
    [InlineData("""{ "phone": "+33612345678", "attributes": { "city": 3 } }""", "attributes.city", "")]
    [InlineData("""{ "phone": "+33612345678", "attributes": { "city": null } }""", "attributes.city", "text")]
    [InlineData("""{ "phone": "+33612345678", "attributes": { "{city}": "Lyon" } }""", "attributes", "braces")]
    [InlineData("""{ "phone": "+33612345678", "phones": [] }""", "phones", "")]
    public async Task A_field_that_cannot_be_is_named_with_a_remedy(string body, string field, string remedy)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Client.PostAsync(Contacts, content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(400, (int)problem["status"]!);
        var errors = problem["errors"]!.AsObject();
        Assert.True(errors.ContainsKey(field), problem.ToJsonString());
        Assert.Contains(remedy, (string)errors[field]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_belongs_to_one_contact_even_in_a_race()
    {
        var phone = CampaignsApp.AnyPhone();
        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            app.Client.PostAsJsonAsync(Contacts, new { phone })));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
        Assert.DoesNotContain(phone, await responses.First(response => response.StatusCode == HttpStatusCode.Conflict)
            .Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_replaces_what_was_entered_and_cannot_take_another_ones_number()
    {
        var contact = await app.CreateContactAsync(new() { ["firstName"] = "Zoé", ["tags"] = new JsonArray("vip") });
        var other = await app.CreateContactAsync();
        var path = $"{Contacts}/{contact["id"]}";

        using var changed = await app.Client.PutAsJsonAsync(
            path, new { phone = (string)contact["phone"]!, lastName = "Roux" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var now = await app.GetAsync(path);
        Assert.Null(now["firstName"]);
        Assert.Equal("Roux", (string?)now["lastName"]);
        Assert.Empty(now["tags"]!.AsArray());

        using var taken = await app.Client.PutAsJsonAsync(path, new { phone = (string)other["phone"]! });
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);

        using var unknown = await app.Client.PutAsJsonAsync(
            $"{Contacts}/{Guid.NewGuid()}", new { phone = CampaignsApp.AnyPhone() });
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repeat_while_contacts_are_added()
    {
        var tag = Guid.NewGuid().ToString("N");
        var created = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            created.Add((string)(await app.CreateContactAsync(new() { ["tags"] = new JsonArray(tag) }))["id"]!);
        }

        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await app.GetAsync($"{Contacts}?tag={tag}&limit=3&cursor={cursor}");
            Assert.True(page["items"]!.AsArray().Count is > 0 and <= 3);
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = (string?)page["nextCursor"];
            await app.CreateContactAsync(new() { ["tags"] = new JsonArray(tag) });
        }

        Assert.Equal(created.AsEnumerable().Reverse(), seen);
        Assert.Equal(10, (int)(await app.GetAsync($"{Contacts}?tag={tag}"))["total"]!);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=abc", "limit")]
    [InlineData("optedOut=maybe", "optedOut")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("sandbox=7", "sandbox")]
    [InlineData("search=%00", "search")]
    [InlineData("segmentId=abc", "segmentId")]
    public async Task A_list_says_what_is_wrong_with_its_query(string query, string field)
    {
        using var response = await app.Client.GetAsync($"{Contacts}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(problem["errors"]!.AsObject().ContainsKey(field), problem.ToJsonString());
    }

    [Fact]
    public async Task A_search_finds_names_without_regard_to_case_and_accents_and_numbers_in_any_spelling()
    {
        var tag = Guid.NewGuid().ToString("N");
        var phone = CampaignsApp.AnyPhone();
        await app.CreateContactAsync(new()
        {
            ["phone"] = phone,
            ["firstName"] = "Éloïse",
            ["lastName"] = "Lœuf-Çelik 100%_",
            ["tags"] = new JsonArray(tag),
        });
        await app.CreateContactAsync(new() { ["firstName"] = "Marc", ["tags"] = new JsonArray(tag) });

        foreach (var search in new[]
        {
            "eloise", "ÉLOÏSE", "oise l", "celik", "100%", "%_", phone, phone[3..], $"0{phone[3..8]}",
            $"+33 (0){phone[3]} {phone[4..6]} {phone[6..8]}",
        })
        {
            var page = await app.GetAsync($"{Contacts}?tag={tag}&search={Uri.EscapeDataString(search)}");
            Assert.Equal((1, "Éloïse"), ((int)page["total"]!, (string?)page["items"]![0]!["firstName"]));
        }

        Assert.Equal(0, (int)(await app.GetAsync($"{Contacts}?tag={tag}&search=Paul"))["total"]!);
    }

    [Fact]
    public async Task A_list_is_filtered_by_membership_and_consent()
    {
        var tag = Guid.NewGuid().ToString("N");
        var joined = await ContactAsync("joined_at = now() - interval '71 hours', last_inbound_at = now()");
        var expired = await ContactAsync("joined_at = now() - interval '73 hours', opted_out_at = now()");
        var refused = await ContactAsync(
            "joined_at = now() - interval '2 hours', not_joined_at = now(), sandbox_error = '63015'");
        var unknown = await ContactAsync("opted_out_at = now()");

        Assert.Equal([joined], await IdsAsync("sandbox=joined"));
        Assert.Equal([refused, expired], await IdsAsync("sandbox=notJoined"));
        Assert.Equal([unknown], await IdsAsync("sandbox=unknown"));
        Assert.Equal([unknown, expired], await IdsAsync("optedOut=true"));
        Assert.Equal([refused, joined], await IdsAsync("optedOut=false"));
        Assert.Equal([expired], await IdsAsync("optedOut=true&sandbox=notJoined"));

        Assert.Equal("63015", (string?)(await app.GetAsync($"{Contacts}/{refused}"))["sandbox"]!["lastError"]);
        var open = (await app.GetAsync($"{Contacts}/{joined}"))["session"]!;
        Assert.True((bool)open["open"]!);
        Assert.NotNull(open["expiresAt"]);

        async Task<string> ContactAsync(string state)
        {
            var id = (string)(await app.CreateContactAsync(new() { ["tags"] = new JsonArray(tag) }))["id"]!;
            await app.ExecuteAsync($"update contacts set {state} where id = $1", Guid.Parse(id));
            return id;
        }

        async Task<IEnumerable<string>> IdsAsync(string filter) =>
            (await app.GetAsync($"{Contacts}?tag={tag}&{filter}"))["items"]!.AsArray().Select(c => (string)c!["id"]!);
    }

    [Fact]
    public async Task An_erased_person_leaves_no_trace_but_the_count()
    {
        var contact = await app.CreateContactAsync(new() { ["firstName"] = "Zoé" });
        var (id, phone) = (Guid.Parse((string)contact["id"]!), (string)contact["phone"]!);
        var template = await app.CreateTemplateAsync();
        var campaign = await app.CampaignAsync(Guid.Parse((string)template["id"]!), "running");
        var message = Guid.NewGuid();
        var said = $"Bonjour, ici Zoé {message}";
        await app.ExecuteAsync("""
            insert into messages (id, campaign_id, contact_id, kind, phone, status, variables, text, created_at)
            values ($1, $2, $3, 1, $4, 5, '{"1": "Zoé"}', 'Bonjour Zoé', now())
            """, message, campaign, id, phone);
        await app.ExecuteAsync("""
            insert into messages (id, campaign_id, kind, phone, status, variables, created_at)
            values ($1, $2, 0, $3, 6, '{"1": "Zoé"}', now())
            """, Guid.NewGuid(), campaign, phone);
        await app.ExecuteAsync("""
            insert into interactions (id, provider_message_id, contact_id, message_id, text, profile_name, received_at)
            values ($1, $2, $3, $4, $5, 'Zoé R.', now())
            """, Guid.NewGuid(), $"SM{Guid.NewGuid():N}", id, message, said);

        using var erased = await app.Client.DeleteAsync($"{Contacts}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);

        using var gone = await app.Client.GetAsync($"{Contacts}/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var left = await TextAsync("select string_agg(m::text, ' ') from messages m where campaign_id = $1", campaign);
        Assert.Contains(message.ToString(), left, StringComparison.Ordinal);
        Assert.DoesNotContain(phone, left, StringComparison.Ordinal);
        Assert.DoesNotContain("Zoé", left, StringComparison.Ordinal);
        Assert.Equal("0", await TextAsync("select count(*)::text from interactions where text = $1", said));

        using var again = await app.Client.DeleteAsync($"{Contacts}/{id}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task What_waits_for_an_erased_person_is_cancelled_and_the_counters_move_along()
    {
        var (contact, campaign) = await ContactInCampaignAsync();
        await app.ExecuteAsync(WaitingMessage, Guid.NewGuid(), campaign, contact);
        await app.ExecuteAsync(
            "insert into campaign_counters (campaign_id, kind, status, n) values ($1, 1, 0, 3)", campaign);

        using var erased = await app.Client.DeleteAsync($"{Contacts}/{contact}");

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.Equal("8:1", await TextAsync(
            "select string_agg(status || ':' || (phone = '')::int, ' ') from messages where campaign_id = $1",
            campaign));
        Assert.Equal("0:2 8:1", await TextAsync(
            "select string_agg(status || ':' || n, ' ' order by status) from campaign_counters where campaign_id = $1",
            campaign));
    }

    [Fact]
    public async Task A_person_is_erased_even_while_a_launch_makes_a_message_for_them()
    {
        var (contact, campaign) = await ContactInCampaignAsync();
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var launch = await connection.BeginTransactionAsync();
        await launch.ExecuteAsync(WaitingMessage, CancellationToken.None, Guid.NewGuid(), campaign, contact);

        var erasing = app.Client.DeleteAsync($"{Contacts}/{contact}");
        await Eventually.BecomesTrueAsync(async () => await TextAsync("""
            select count(*)::text from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like 'delete from contacts%'
            """) == "1", what: "the erasure waits for the launch");
        await launch.CommitAsync();

        using var erased = await erasing;
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.Equal("8", await TextAsync(
            "select string_agg(status || phone, ' ') from messages where campaign_id = $1", campaign));
    }

    private const string WaitingMessage = """
        insert into messages (id, campaign_id, contact_id, kind, phone, status, created_at)
        select $1, $2, id, 1, phone, 0, now() from contacts where id = $3
        """;

    // Paused: nothing leaves by itself.
    [Fact]
    public async Task The_list_knows_how_many_there_are_whatever_adds_and_removes_them()
    {
        var before = (long)(await app.GetAsync($"{Contacts}?limit=1"))["total"]!;
        var gone = await app.CreateContactAsync();
        var tag = Guid.NewGuid().ToString("N");
        await app.ExecuteAsync("""
            insert into contacts (id, phone, tags, created_at, updated_at)
            select uuid_v7(), $1 || n, array[$1], now(), now() from generate_series(1, 100001) n
            """, tag);
        using var erased = await app.Client.DeleteAsync($"{Contacts}/{gone.Id()}");

        var all = await app.GetAsync($"{Contacts}?limit=1");
        var some = await app.GetAsync($"{Contacts}?limit=1&tag={tag}");
        await app.ExecuteAsync("delete from contacts where tags = array[$1]", tag);
        await app.Service<ImportStore>().PruneAsync(CancellationToken.None);

        Assert.Equal((before + 100_001, null), ((long)all["total"]!, (bool?)all["totalIsAtLeast"]));
        Assert.Equal((100_000, true), ((long)some["total"]!, (bool?)some["totalIsAtLeast"]));
        Assert.Equal(before, (long)(await app.GetAsync($"{Contacts}?limit=1"))["total"]!);
        Assert.Equal(
            await app.CountAsync("select count(*) from contacts"),
            await app.CountAsync("select sum(n)::bigint from contact_counts"));
    }

    private async Task<(Guid Contact, Guid Campaign)> ContactInCampaignAsync()
    {
        var contact = await app.CreateContactAsync();
        var template = await app.CreateTemplateAsync();
        return (Guid.Parse((string)contact["id"]!),
            await app.CampaignAsync(Guid.Parse((string)template["id"]!), "paused"));
    }

    private async Task<string?> TextAsync(string sql, params object[] values)
    {
        await using var command = app.Database.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return await command.ExecuteScalarAsync() as string;
    }
}
