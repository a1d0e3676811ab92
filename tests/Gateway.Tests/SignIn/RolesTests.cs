using System.Net;
using System.Net.Http.Json;

namespace Gateway.Tests;

public sealed class RolesTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string[] Areas =
        ["contacts", "templates", "campaigns", "segments", "messages", "conversations", "stats", "sandbox"];

    private static readonly string[] Changes = ["POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] Paths =
    [
        .. Areas.SelectMany(area => new[] { $"/api/{area}", $"/api/{area}/1", $"/api/{area}/1/launch" }),
        "/api/contacts/import", "/api/sandbox", "/api/stats/overview", "/api/settings", "/API/Contacts",
        "/api/contactsbook", "/api",
    ];

    [Theory]
    [InlineData("admin")]
    [InlineData("operator")]
    [InlineData("viewer")]
    [InlineData(null)]
    public async Task Each_role_may_do_what_it_is_for_and_no_more(string? role)
    {
        using var client = role is null ? fixture.Gateway.Anyone() : await fixture.Gateway.WithKeyAsync(role);
        foreach (var path in Paths)
        {
            foreach (var method in (string[])["GET", "HEAD", .. Changes])
            {
                using var answer = await client.SendAsync(new(new(method), path));
                var isWork = Areas.Any(area => $"{path}/".StartsWith($"/api/{area}/", StringComparison.OrdinalIgnoreCase));
                var expected = role switch
                {
                    null => HttpStatusCode.Unauthorized,
                    "admin" => HttpStatusCode.OK,
                    _ when method is "GET" or "HEAD" => HttpStatusCode.OK,
                    "operator" when isWork => HttpStatusCode.OK,
                    _ => HttpStatusCode.Forbidden,
                };
                Assert.True(expected == answer.StatusCode, $"{role} {method} {path}: {answer.StatusCode}");
                if (method != "HEAD" && expected != HttpStatusCode.OK)
                {
                    await Problem.AssertAsync(answer, expected);
                }
            }
        }
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("viewer")]
    public async Task Only_an_administrator_sees_or_changes_users_and_keys(string role)
    {
        using var client = await fixture.Gateway.WithKeyAsync(role);
        await Problem.AssertAsync(await client.GetAsync("/api/auth/api-keys"), HttpStatusCode.Forbidden);
        await Problem.AssertAsync(
            await client.PostAsJsonAsync("/api/auth/api-keys", new { name = "more", role = "admin" }),
            HttpStatusCode.Forbidden);
        await Problem.AssertAsync(
            await client.DeleteAsync($"/api/auth/api-keys/{Guid.NewGuid()}"), HttpStatusCode.Forbidden);
        await Problem.AssertAsync(
            await client.PostAsJsonAsync("/api/auth/users", new { userName = "x", password = "xxxxxxxx", role = "admin" }),
            HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/api/auth/me")]
    [InlineData("/api/auth/api-keys")]
    [InlineData("/api/auth/nothing")]
    [InlineData("/api/%61uth/me")]
    [InlineData("/api/webhooks/../contacts")]
    [InlineData("/api/webhooks/%2e%2e/contacts")]
    [InlineData("/api/webhooksx")]
    public async Task Nothing_but_login_and_webhooks_is_open(string path)
    {
        var answer = await fixture.Gateway.SendRawAsync(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_problem_details_whatever_the_caller_accepts()
    {
        using var client = fixture.Gateway.Anyone();
        client.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));
        await Problem.AssertAsync(await client.GetAsync("/api/campaigns/1/events"), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Bearer cmp_unknown")]
    [InlineData("Bearer ")]
    [InlineData("Bearer x")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task A_wrong_key_is_refused(string authorization)
    {
        using var client = fixture.Gateway.Anyone();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        await Problem.AssertAsync(await client.GetAsync("/api/contacts"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Each_role_may_do_what_those_after_it_may()
    {
        Assert.Equal(["admin"], Roles.AtLeast("admin"));
        Assert.Equal(["admin", "operator"], Roles.AtLeast("operator"));
        Assert.Equal(["admin", "operator", "viewer"], Roles.AtLeast("viewer"));
    }
}
