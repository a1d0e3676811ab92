using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace Gateway.Tests;

public sealed class ServiceHealthTests(DatabaseFixture databases)
{
    [Fact]
    public async Task The_gateway_is_as_healthy_as_the_services_behind_it()
    {
        await using var campaigns = await Backend.StartAsync("campaigns");
        await using var messaging = await Backend.StartAsync("messaging");
        await using var webhooks = await Backend.StartAsync("webhooks");
        await using var replica = await Backend.StartAsync("webhooks");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
            ["services:messaging:http:0"] = messaging.Address.AbsoluteUri,
            ["services:webhooks:http:0"] = webhooks.Address.AbsoluteUri,
            ["services:webhooks:http:1"] = replica.Address.AbsoluteUri,
        });

        var (status, body) = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """{"status":"healthy","services":{"campaigns":"healthy","messaging":"healthy","webhooks":"healthy","frontend":"absent"}}""",
            body.GetRawText());

        webhooks.Healthy = false; // the other replica does its work
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(gateway)).Status);

        messaging.Healthy = false;
        (status, body) = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy", body.GetProperty("status").GetString());
        Assert.Equal("healthy", body.GetProperty("services").GetProperty("campaigns").GetString());
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty("messaging").GetString());

        using var client = gateway.Anyone();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/alive")).StatusCode);
    }

    [Fact]
    public async Task Services_that_do_not_answer_are_waited_for_two_seconds_in_all()
    {
        var never = new TaskCompletionSource();
        await using var campaigns = await Backend.StartAsync("campaigns");
        await using var messaging = await Backend.StartAsync("messaging");
        campaigns.HealthDelay = messaging.HealthDelay = never.Task;
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
            ["services:messaging:http:0"] = messaging.Address.AbsoluteUri,
        });
        var start = TimeProvider.System.GetTimestamp();
        var (status, body) = await AskAsync(gateway);
        var took = TimeProvider.System.GetElapsedTime(start);
        never.SetResult();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty("campaigns").GetString());
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty("webhooks").GetString());
        Assert.InRange(took.TotalSeconds, 1.9, 3.8);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(RunningGateway gateway)
    {
        using var client = gateway.Anyone();
        using var answer = await client.GetAsync("/health");
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
