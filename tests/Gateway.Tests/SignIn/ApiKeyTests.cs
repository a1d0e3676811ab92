using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace Gateway.Tests;

public sealed class ApiKeyTests(GatewayFixture fixture, DatabaseFixture databases) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_key_works_from_its_creation_to_its_removal_and_is_shown_once()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        var created = await gateway.CreateKeyAsync("viewer");
        var (id, key) = (created.GetProperty("id").GetGuid(), created.GetProperty("key").GetString()!);
        Assert.Equal("CI", created.GetProperty("name").GetString());
        Assert.Equal(7, id.Version);

        using var program = gateway.WithKey(key);
        Assert.Equal("""{"userName":"key:CI","role":"viewer"}""", await program.GetStringAsync("/api/auth/me"));

        using var admin = await gateway.SignedInAsync();
        var list = await admin.GetStringAsync("/api/auth/api-keys");
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);
        var item = JsonDocument.Parse(list).RootElement.GetProperty("items").EnumerateArray().Single();
        Assert.Equal(id, item.GetProperty("id").GetGuid());
        Assert.Equal("viewer", item.GetProperty("role").GetString());
        Assert.NotEqual(JsonValueKind.Null, item.GetProperty("lastUsedAt").ValueKind);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/api/auth/api-keys/{id}")).StatusCode);
        await Problem.AssertAsync(await admin.DeleteAsync($"/api/auth/api-keys/{id}"), HttpStatusCode.NotFound);
        await Problem.AssertAsync(await program.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_database_holds_only_the_hash()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        var key = (await gateway.CreateKeyAsync("admin")).GetProperty("key").GetString()!;
        Assert.Equal("0", await gateway.QueryAsync(
            $"select count(*) from api_keys k where k::text like '%{key}%' or k::text like '%{key["cmp_".Length..]}%'"));
        Assert.Equal("1", await gateway.QueryAsync(
            $"select count(*) from api_keys where key_hash = sha256('{key}'::bytea)"));
    }

    [Fact]
    public async Task A_key_ends_with_its_time()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        var created = await gateway.CreateKeyAsync("viewer", gateway.Clock.GetUtcNow().AddHours(1));
        using var program = gateway.WithKey(created.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/auth/me")).StatusCode);
        gateway.Clock.Advance(TimeSpan.FromHours(1));
        await Problem.AssertAsync(await program.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", "name")]
    [InlineData("""{"name":" ","role":"root"}""", "name", "role")]
    [InlineData("""{"name":"x"}""", "role")]
    [InlineData("""{"name":"x","role":"viewer","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"x","role":"viewer","expiresAt":"soon"}""", "expiresAt")]
    [InlineData("""{"name":"x","role":"viewer","key":"mine"}""", "key")]
    public async Task A_bad_request_for_a_key_is_refused_by_the_names_of_its_fields(string body, params string[] fields)
    {
        using var admin = await fixture.Gateway.SignedInAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var problem = await Problem.AssertAsync(
            await admin.PostAsync("/api/auth/api-keys", content), HttpStatusCode.BadRequest);
        Assert.Equal(fields, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task The_pages_of_the_list_hold_every_key_once()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var admin = await gateway.SignedInAsync();
        for (var number = 0; number < 5; number++)
        {
            await admin.PostAsJsonAsync("/api/auth/api-keys", new { name = $"key {number}", role = "viewer" });
        }

        var names = new List<string?>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await admin.GetFromJsonAsync<JsonElement>(
                $"/api/auth/api-keys?limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            Assert.Equal(5, page.GetProperty("total").GetInt32());
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        Assert.Equal(["key 0", "key 1", "key 2", "key 3", "key 4"], names.Order());
        await Problem.AssertAsync(await admin.GetAsync("/api/auth/api-keys?limit=501"), HttpStatusCode.BadRequest);
    }
}
