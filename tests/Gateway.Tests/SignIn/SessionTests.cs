using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Testing;

namespace Gateway.Tests;

public sealed class SessionTests(GatewayFixture fixture, DatabaseFixture databases) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task The_right_password_opens_a_session()
    {
        using var client = fixture.Gateway.Anyone();
        using var answer = await RunningGateway.LoginAsync(client, "Admin", RunningGateway.Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("""{"userName":"admin","role":"admin"}""", body.GetRawText());

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase);

        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(body.GetRawText(), await client.GetStringAsync("/api/auth/me"));
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("nobody", RunningGateway.Password)]
    public async Task A_wrong_name_and_a_wrong_password_are_told_apart_by_nothing(string userName, string password)
    {
        using var client = fixture.Gateway.Anyone();
        using var answer = await RunningGateway.LoginAsync(client, userName, password);
        var problem = await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized);
        Assert.Equal("The user name or the password is wrong.", problem.GetProperty("detail").GetString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("{}", "userName", "password")]
    [InlineData("""{"userName":"admin"}""", "password")]
    [InlineData("""{"userName":"","password":"x"}""", "userName")]
    [InlineData("""{"userName":5,"password":"x"}""", "userName")]
    [InlineData("""{"userName":"admin","password":"x","remember":true}""", "remember")]
    public async Task A_bad_body_is_refused_by_the_name_of_its_field(string body, params string[] fields)
    {
        using var client = fixture.Gateway.Anyone();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await Problem.AssertAsync(
            await client.PostAsync("/api/auth/login", content), HttpStatusCode.BadRequest);
        Assert.Equal(fields, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("userName=admin&password=x", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_no_json_is_refused(string body, string mediaType, HttpStatusCode status)
    {
        using var client = fixture.Gateway.Anyone();
        using var content = new StringContent(body, Encoding.UTF8, mediaType);
        await Problem.AssertAsync(await client.PostAsync("/api/auth/login", content), status);
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_away()
    {
        using var client = await fixture.Gateway.SignedInAsync();
        using var answer = await client.PostAsync("/api/auth/logout", null);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Contains("expires=Thu, 01 Jan 1970", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_the_cookie_is_worth_nothing_after_signing_out_but_other_sessions_go_on()
    {
        using var client = await fixture.Gateway.SignedInAsync();
        using var elsewhere = await fixture.Gateway.SignedInAsync();

        using var answer = await client.PostAsync("/api/auth/logout", null);

        await Problem.AssertAsync(await client.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/api/auth/me")).StatusCode);
    }

    [Fact]
    public async Task A_forged_cookie_is_no_session()
    {
        var cookie = await fixture.Gateway.CookieAsync();
        using var client = fixture.Gateway.Anyone();
        client.DefaultRequestHeaders.Add("Cookie", cookie[..^4] + (cookie.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"));
        await Problem.AssertAsync(await client.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_outlives_a_restart_and_holds_at_another_replica_but_not_a_new_password()
    {
        var database = await databases.CreateDatabaseAsync();
        string cookie;
        await using (var first = RunningGateway.Start(database))
        {
            cookie = await first.CookieAsync();
        }

        await using (var second = RunningGateway.Start(database))
        await using (var replica = RunningGateway.Start(database))
        {
            Assert.Equal(HttpStatusCode.OK, await MeAsync(second, cookie));
            Assert.Equal(HttpStatusCode.OK, await MeAsync(replica, cookie));
        }

        await using var third = RunningGateway.Start(database, new() { ["Auth:AdminPassword"] = "another" });
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(third, cookie));
        using var client = third.Anyone();
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await RunningGateway.LoginAsync(client, "admin", RunningGateway.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RunningGateway.LoginAsync(client, "admin", "another")).StatusCode);
        Assert.DoesNotContain("another", await third.QueryAsync("select users::text from users")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_with_its_time()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        var cookie = await gateway.CookieAsync();
        gateway.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(gateway, cookie));
        gateway.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(gateway, cookie));
    }

    [Fact]
    public async Task Without_an_administrator_and_a_password_for_one_the_gateway_refuses_to_start_in_one_line()
    {
        var database = await databases.CreateDatabaseAsync();
        using var gateway = Process.Start(new ProcessStartInfo("dotnet", [typeof(Users).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ConnectionStrings__gatewaydb"] = database,
                ["Auth__AdminPassword"] = "",
            },
        })!;
        var output = await gateway.StandardOutput.ReadToEndAsync();
        await gateway.WaitForExitAsync();
        Assert.Equal(1, gateway.ExitCode);
        Assert.Single(output.Split('\n'), line => line.Contains("Auth__AdminPassword", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        await using (RunningGateway.Start(database))
        {
        }

        await using var again = RunningGateway.Start(database, new() { ["Auth:AdminPassword"] = "" });
        Assert.NotEmpty(await again.CookieAsync());
    }

    [Fact]
    public async Task On_https_the_cookie_is_secure_and_the_browser_is_told_to_stay()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), null, kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate)));
        using var client = gateway.Anyone();
        using var answer = await RunningGateway.LoginAsync(client, "admin", RunningGateway.Password);
        Assert.Contains("; secure", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }

    private static async Task<HttpStatusCode> MeAsync(RunningGateway gateway, string cookie)
    {
        using var client = gateway.Anyone();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        using var answer = await client.GetAsync("/api/auth/me");
        return answer.StatusCode;
    }
}
