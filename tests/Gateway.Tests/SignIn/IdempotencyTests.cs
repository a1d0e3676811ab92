using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace Gateway.Tests;

public sealed class IdempotencyTests(DatabaseFixture databases)
{
    private const string Password = "a long enough password";

    [Fact]
    public async Task A_key_for_a_program_is_made_once_and_never_shown_again()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var admin = await gateway.SignedInAsync();
        var form = new { name = "CI", role = "viewer" };

        using var made = await SendAsync(admin, "/api/auth/api-keys", "one", form);
        using var again = await SendAsync(admin, "/api/auth/api-keys", "one", form);
        await ForgetAnswersAsync(gateway);
        using var crashed = await SendAsync(admin, "/api/auth/api-keys", "one", form);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        Assert.Contains("Idempotency-Key", (await Problem.AssertAsync(again, HttpStatusCode.Conflict))
            .GetProperty("detail").GetString()!, StringComparison.Ordinal);
        await Problem.AssertAsync(crashed, HttpStatusCode.Conflict);
        Assert.Equal("1", await gateway.QueryAsync("select count(*) from api_keys"));
        Assert.Equal("0", await gateway.QueryAsync(
            $"select count(*) from idempotency_keys where encode(coalesce(body, ''), 'escape') like '%{key}%'"));
    }

    [Fact]
    public async Task A_refused_key_may_be_asked_for_correctly_with_the_same_idempotency_key()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var admin = await gateway.SignedInAsync();

        using var refused = await SendAsync(admin, "/api/auth/api-keys", "one", new { name = "CI", role = "root" });
        using var corrected = await SendAsync(admin, "/api/auth/api-keys", "one", new { name = "CI", role = "viewer" });

        await Problem.AssertAsync(refused, HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
    }

    [Fact]
    public async Task A_user_is_added_once()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var admin = await gateway.SignedInAsync();
        var form = new { userName = "ana", password = Password, role = "viewer" };

        using var made = await SendAsync(admin, "/api/auth/users", "one", form);
        using var again = await SendAsync(admin, "/api/auth/users", "one", form);
        using var other = await SendAsync(
            admin, "/api/auth/users", "one", form with { password = Password + "2" });
        await ForgetAnswersAsync(gateway);
        using var crashed = await SendAsync(admin, "/api/auth/users", "one", form);

        var answers = new[] { made, again, crashed };
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        var entries = await Task.WhenAll(
            answers.Select(answer => answer.Content.ReadFromJsonAsync<JsonElement>()));
        Assert.Single(entries.Select(entry => entry.GetProperty("id").GetGuid()).Distinct());
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        await Problem.AssertAsync(other, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_sign_in_is_no_write_that_could_be_repeated()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var anyone = gateway.Anyone();
        var form = new { userName = "admin", password = RunningGateway.Password };

        using var first = await SendAsync(anyone, "/api/auth/login", "one", form);
        using var again = await SendAsync(anyone, "/api/auth/login", "one", form);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.NotEqual(first.Headers.GetValues("Set-Cookie").Single(), again.Headers.GetValues("Set-Cookie").Single());
        Assert.Equal("0", await gateway.QueryAsync("select count(*) from idempotency_keys"));
    }

    /// <summary>As if the gateway had died between the write and the keeping of its answer.</summary>
    private static Task<string?> ForgetAnswersAsync(RunningGateway gateway) => gateway.QueryAsync("""
        update idempotency_keys set
            status = null, request = null, body = null, leased_until = created_at - interval '1 second'
        returning 1
        """);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string key, object form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(form) };
        request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }
}
