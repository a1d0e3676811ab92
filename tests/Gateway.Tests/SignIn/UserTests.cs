using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests;

public sealed class UserTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Password = "a long enough password";

    [Fact]
    public async Task A_user_works_in_its_role_until_it_is_removed()
    {
        using var admin = await fixture.Gateway.SignedInAsync();
        var name = $"u{Guid.NewGuid():N}";
        using var created = await admin.PostAsJsonAsync(
            "/api/auth/users", new { userName = name, password = Password, role = "operator" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var text = await created.Content.ReadAsStringAsync();
        Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);
        var id = JsonDocument.Parse(text).RootElement.GetProperty("id").GetGuid();

        using var user = fixture.Gateway.Anyone();
        using var login = await RunningGateway.LoginAsync(user, name, Password);
        user.DefaultRequestHeaders.Add("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await user.PostAsync("/api/campaigns", null)).StatusCode);
        await Problem.AssertAsync(await user.GetAsync("/api/auth/users"), HttpStatusCode.Forbidden);

        await Problem.AssertAsync(
            await admin.PostAsJsonAsync(
                "/api/auth/users", new { userName = name.ToUpperInvariant(), password = Password, role = "viewer" }),
            HttpStatusCode.Conflict);
        Assert.Contains(name, await admin.GetStringAsync("/api/auth/users?limit=500"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/api/auth/users/{id}")).StatusCode);
        await Problem.AssertAsync(await user.GetAsync("/api/campaigns"), HttpStatusCode.Unauthorized);
        await Problem.AssertAsync(await admin.DeleteAsync($"/api/auth/users/{id}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_first_administrator_cannot_be_removed()
    {
        using var admin = await fixture.Gateway.SignedInAsync();
        var users = await admin.GetFromJsonAsync<JsonElement>("/api/auth/users?limit=1");
        var first = users.GetProperty("items").EnumerateArray().Single();
        Assert.Equal("admin", first.GetProperty("userName").GetString());
        await Problem.AssertAsync(
            await admin.DeleteAsync($"/api/auth/users/{first.GetProperty("id").GetGuid()}"), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", Password, "viewer", "userName")]
    [InlineData("a b", Password, "viewer", "userName")]
    [InlineData("a\r\nX-User-Role: admin", Password, "viewer", "userName")]
    [InlineData("anna", "short", "root", "password", "role")]
    public async Task A_bad_request_for_a_user_is_refused_by_the_names_of_its_fields(
        string userName, string password, string role, params string[] fields)
    {
        using var admin = await fixture.Gateway.SignedInAsync();
        var problem = await Problem.AssertAsync(
            await admin.PostAsJsonAsync("/api/auth/users", new { userName, password, role }), HttpStatusCode.BadRequest);
        Assert.Equal(fields, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }
}
