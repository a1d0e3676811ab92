using System.Globalization;
using System.Net;
using Testing;

namespace Gateway.Tests;

public sealed class LockOutTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Five_failures_lock_the_name_longer_each_time_and_after_a_restart_too()
    {
        var database = await databases.CreateDatabaseAsync();
        var waits = new List<int>();
        await using (var gateway = RunningGateway.Start(database))
        {
            await FailAsync(gateway, "admin", LoginFailures.LimitPerName);
            for (var round = 0; round < 7; round++)
            {
                var wait = await LockedAsync(gateway, "ADMIN", RunningGateway.Password);
                waits.Add(wait);
                gateway.Clock.Advance(TimeSpan.FromSeconds(wait));
                await FailAsync(gateway, "admin", 1);
            }
        }

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], waits);
        await using var restarted = RunningGateway.Start(database);
        Assert.InRange(await LockedAsync(restarted, "admin", RunningGateway.Password), 900, 4000);
        restarted.Clock.Advance(TimeSpan.FromHours(2));
        await SucceedAsync(restarted);
    }

    [Fact]
    public async Task The_right_password_forgives_what_came_before()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        for (var round = 0; round < 3; round++)
        {
            await FailAsync(gateway, "admin", LoginFailures.LimitPerName - 1);
            await SucceedAsync(gateway);
        }
    }

    [Fact]
    public async Task Failures_are_forgotten_after_a_day()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        await FailAsync(gateway, "admin", LoginFailures.LimitPerName);
        gateway.Clock.Advance(LoginFailures.Memory + TimeSpan.FromMinutes(1));
        await FailAsync(gateway, "admin", LoginFailures.LimitPerName - 1);
        await SucceedAsync(gateway);
        Assert.Equal("1", await gateway.QueryAsync("select count(*) from login_failures")); // the address's
    }

    [Fact]
    public async Task Many_names_from_one_address_lock_the_address()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        for (var name = 0; name < LoginFailures.LimitPerAddress; name++)
        {
            await FailAsync(gateway, $"guess{name}", 1);
        }

        Assert.Equal(30, await LockedAsync(gateway, "admin", RunningGateway.Password));
    }

    [Fact]
    public async Task Attempts_at_the_same_time_are_no_way_around_the_limit()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var client = gateway.Anyone();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => RunningGateway.LoginAsync(client, "admin", "wrong")));
        Assert.Equal(LoginFailures.LimitPerName, answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(
            20 - LoginFailures.LimitPerName, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task The_book_of_failures_holds_no_names_and_no_addresses()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        await FailAsync(gateway, "a password typed into the wrong field", 1);
        Assert.Equal("32", await gateway.QueryAsync("select max(length(subject)) from login_failures"));
        Assert.Equal("0", await gateway.QueryAsync(
            "select count(*) from login_failures where encode(subject, 'escape') like '%password%'"));
    }

    private static async Task FailAsync(RunningGateway gateway, string userName, int times)
    {
        using var client = gateway.Anyone();
        for (var time = 0; time < times; time++)
        {
            using var answer = await RunningGateway.LoginAsync(client, userName, "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    private static async Task SucceedAsync(RunningGateway gateway) => Assert.NotEmpty(await gateway.CookieAsync());

    /// <summary>Even the right password is refused. Returns the seconds to wait.</summary>
    private static async Task<int> LockedAsync(RunningGateway gateway, string userName, string password)
    {
        using var client = gateway.Anyone();
        using var answer = await RunningGateway.LoginAsync(client, userName, password);
        await Problem.AssertAsync(answer, HttpStatusCode.TooManyRequests);
        return int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
    }
}
