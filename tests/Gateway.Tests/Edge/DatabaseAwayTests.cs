using System.Net;
using Npgsql;
using Testing;

namespace Gateway.Tests;

public sealed class DatabaseAwayTests(DatabaseFixture databases)
{
    [Fact]
    public async Task While_the_database_is_away_webhooks_pass_and_people_are_asked_to_wait()
    {
        await using var webhooks = await Backend.StartAsync("webhooks");
        await using var campaigns = await Backend.StartAsync("campaigns");
        var database = new NpgsqlConnectionStringBuilder(await databases.CreateDatabaseAsync());
        await using var relay = new Relay(database.Host!, database.Port);
        (database.Host, database.Port) = ("127.0.0.1", relay.Port);
        await using var gateway = RunningGateway.Start(database.ConnectionString, new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
            ["services:webhooks:http:0"] = webhooks.Address.AbsoluteUri,
        });
        using var person = await gateway.SignedInAsync();
        using var program = await gateway.WithKeyAsync("viewer");
        using var provider = gateway.Anyone();

        relay.Cut();
        foreach (var client in (HttpClient[])[person, program])
        {
            await Problem.AssertAsync(await client.GetAsync("/api/contacts"), HttpStatusCode.ServiceUnavailable);
        }

        await Problem.AssertAsync(
            await RunningGateway.LoginAsync(provider, "admin", RunningGateway.Password), HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await provider.PostAsync("/api/webhooks/twilio", null)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await provider.GetAsync("/health")).StatusCode);

        relay.Mend();
        await Eventually.BecomesTrueAsync(async () =>
            (await person.GetAsync("/api/contacts")).IsSuccessStatusCode
            && (await program.GetAsync("/api/contacts")).IsSuccessStatusCode);
    }
}
