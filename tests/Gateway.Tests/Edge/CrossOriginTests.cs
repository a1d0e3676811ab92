using System.Net;

namespace Gateway.Tests;

public sealed class CrossOriginTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://app.example.com.evil.example", false)]
    [InlineData("null", false)]
    public async Task Only_the_named_origins_may_call_with_credentials(string origin, bool allowed)
    {
        using var client = fixture.Gateway.Anyone();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/campaigns/1/launch")
        {
            Headers =
            {
                { "Origin", origin }, { "Access-Control-Request-Method", "POST" },
                { "Access-Control-Request-Headers", "content-type,idempotency-key" },
            },
        };
        using var answer = await client.SendAsync(preflight);
        Assert.Equal(allowed ? origin : null, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "true" : null, Header(answer, "Access-Control-Allow-Credentials"));

        using var read = new HttpRequestMessage(HttpMethod.Get, "/api/contacts") { Headers = { { "Origin", origin } } };
        using var refused = await client.SendAsync(read);
        await Problem.AssertAsync(refused, HttpStatusCode.Unauthorized); // readable by the page, so that it can sign in
        Assert.Equal(allowed ? origin : null, Header(refused, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://evil.example", "cross-site", false)]
    [InlineData("https://evil.example", "same-site", false)]
    [InlineData("https://evil.example", null, false)]
    [InlineData("null", null, false)]
    [InlineData(null, "cross-site", false)]
    [InlineData("https://app.example.com", "cross-site", true)]
    [InlineData("https://app.example.com", null, true)]
    [InlineData("https://public.example", "same-origin", true)]
    [InlineData("https://public.example", null, true)]
    [InlineData("https://public.example:8443", null, false)]
    [InlineData(null, null, true)]
    public async Task Only_our_own_and_the_named_origins_may_change_anything_with_a_session(
        string? origin, string? site, bool allowed)
    {
        foreach (var path in (string[])["/api/contacts", "/api/auth/logout"])
        {
            using var client = await fixture.Gateway.SignedInAsync();
            using var read = await client.SendAsync(From(origin, site, HttpMethod.Get, "/api/contacts"));
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);

            using var answer = await client.SendAsync(From(origin, site, HttpMethod.Post, path));
            Assert.Equal(allowed, answer.IsSuccessStatusCode);
            if (!allowed)
            {
                await Problem.AssertAsync(answer, HttpStatusCode.Forbidden);
            }
        }
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("https://public.example:8443", false)]
    [InlineData("null", false)]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://public.example", true)]
    public async Task Only_our_own_and_the_named_origins_may_open_a_live_connection(string origin, bool allowed)
    {
        using var client = await fixture.Gateway.SignedInAsync();
        using var opening = From(origin, null, HttpMethod.Get, "/api/contacts");
        opening.Headers.Connection.Add("Upgrade");
        opening.Headers.Upgrade.Add(new("websocket"));
        using var answer = await client.SendAsync(opening);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_program_with_a_key_and_a_webhook_are_not_asked_where_they_come_from()
    {
        using var program = await fixture.Gateway.WithKeyAsync("operator");
        using var byKey = await program.SendAsync(
            From("https://evil.example", "cross-site", HttpMethod.Post, "/api/contacts"));
        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
        using var provider = fixture.Gateway.Anyone();
        using var webhook = await provider.SendAsync(
            From("https://evil.example", "cross-site", HttpMethod.Post, "/api/webhooks/twilio"));
        Assert.Equal(HttpStatusCode.OK, webhook.StatusCode);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com,https://x.example/path")]
    public void What_is_no_origin_is_refused_at_the_start(string setting) =>
        Assert.StartsWith(
            "Cors__AllowedOrigins", Assert.Throws<StartRefused>(() => CrossOrigin.Parse(setting)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void No_setting_allows_no_other_origin() => Assert.Empty(CrossOrigin.Parse(null));

    private static HttpRequestMessage From(string? origin, string? site, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path) { Headers = { Host = "public.example" } };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return request;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
