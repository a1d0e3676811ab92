using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Gateway.Tests;

public sealed class ActivityTests(DatabaseFixture databases)
{
    private const string Known = """
        select string_agg(concat_ws(' ', action, coalesce(user_name, '-'), address, coalesce(subject, '-')), '|')
        from activity_notes
        """;

    [Fact]
    public async Task Sign_ins_and_changes_of_users_and_keys_are_noted_with_who_and_from_where()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var anyone = gateway.Anyone();
        using var wrong = await RunningGateway.LoginAsync(anyone, "ADMIN", "not the password");
        using var nobody = await RunningGateway.LoginAsync(anyone, "correct horse", "in the wrong field");
        using var admin = await gateway.SignedInAsync();
        using var user = await admin.PostAsJsonAsync(
            "/api/auth/users", new { userName = "ana", password = "a long enough password", role = "viewer" });
        using var taken = await admin.PostAsJsonAsync(
            "/api/auth/users", new { userName = "ANA", password = "a long enough password", role = "viewer" });
        using var key = await admin.PostAsJsonAsync("/api/auth/api-keys", new { name = "CI", role = "viewer" });
        using var noUser = await admin.DeleteAsync($"/api/auth/users/{await IdAsync(user)}");
        var keyId = await IdAsync(key);
        using var noKey = await admin.DeleteAsync($"/api/auth/api-keys/{keyId}");
        using var gone = await admin.DeleteAsync($"/api/auth/api-keys/{keyId}");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (taken.StatusCode, gone.StatusCode));
        Assert.Equal(
            new[]
            {
                "user.signInFailed - 127.0.0.1 admin", "user.signInFailed - 127.0.0.1 -",
                "user.signedIn admin 127.0.0.1 admin", "user.created admin 127.0.0.1 ana",
                "key.created admin 127.0.0.1 CI", "user.deleted admin 127.0.0.1 ana", "key.deleted admin 127.0.0.1 CI",
            }.Order(),
            (await gateway.QueryAsync(Known))!.Split('|').Order());
    }

    [Fact]
    public async Task What_is_noted_is_told_until_somebody_takes_it()
    {
        await using var campaigns = await Backend.StartAsync("campaigns");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = "http://127.0.0.1:9", // nobody is there
            ["services:campaigns:http:1"] = campaigns.Address.AbsoluteUri,
        });
        using var admin = await gateway.SignedInAsync();

        var told = JsonNode.Parse(await campaigns.Told.Reader.ReadAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal("user.signedIn", (string?)told[0]!["action"]);
        Assert.Equal("admin", (string?)told[0]!["userName"]);
        await Eventually.BecomesTrueAsync(async () =>
            await gateway.QueryAsync("select count(*) from activity_notes") == "0");
    }

    [Fact]
    public async Task Nobody_gets_to_tell_the_activity_log_anything_through_the_gateway()
    {
        await using var campaigns = await Backend.StartAsync("campaigns");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
        });
        using var admin = await gateway.SignedInAsync();

        using var refused = await admin.PostAsJsonAsync("/internal/activity", new[] { new { action = "user.deleted" } });

        Assert.False(refused.IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_pages_bring_back_the_address_of_their_visitor_and_nobody_else_can_claim_one()
    {
        await using var campaigns = await Backend.StartAsync("campaigns");
        await using var frontend = await Backend.StartAsync("frontend");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
            ["services:frontend:http:0"] = frontend.Address.AbsoluteUri,
        });
        using var visitor = await gateway.SignedInAsync();
        var page = await SeenAsync(visitor, "/campaigns", ("X-Visitor", "made up"));
        var box = page.Headers["X-Visitor"];
        Assert.NotEqual("made up", box);
        Assert.DoesNotContain("127.0.0.1", box, StringComparison.Ordinal);

        var brought = await SeenAsync(visitor, "/api/campaigns", ("X-Visitor", box));
        var claimed = await SeenAsync(
            visitor, "/api/campaigns", ("X-Visitor", "203.0.113.7"), ("X-User-Address", "203.0.113.7"));

        Assert.Equal("127.0.0.1", brought.Headers["X-User-Address"]);
        Assert.Equal("127.0.0.1", claimed.Headers["X-User-Address"]);
        Assert.DoesNotContain("X-Visitor", brought.Headers.Keys);
    }

    private static async Task<Guid> IdAsync(HttpResponseMessage made) =>
        (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();

    private static async Task<Seen> SeenAsync(
        HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await client.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<Seen>())!;
    }
}
