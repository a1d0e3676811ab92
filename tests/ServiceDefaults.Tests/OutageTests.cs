using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MassTransit;
using Testing;

namespace ServiceDefaults.Tests;

[Trait("needs", "broker")]
public sealed class OutageTests(BrokerFixture broker, DatabaseFixture databases)
{
    [Fact]
    public async Task While_a_store_is_away_a_message_is_given_back_and_never_becomes_poison()
    {
        var givenBack = false;
        await using var service = await StartAsync(context =>
        {
            givenBack |= context.ReceiveContext.Redelivered;
            return givenBack ? Task.CompletedTask : throw new SocketException((int)SocketError.ConnectionRefused);
        });

        var id = await service.SendAsync();

        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(id), TimeSpan.FromSeconds(30));
        Assert.True(givenBack);
        Assert.Empty(await service.ErrorsAsync());
    }

    [Fact]
    public async Task What_fails_because_the_service_stops_is_given_back()
    {
        var name = NoteService.NewName();
        var database = await databases.CreateDatabaseAsync();
        var entered = new TaskCompletionSource();
        var stopping = await NoteService.StartAsync(broker.Address, database, async context =>
        {
            entered.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("A part of this service has been disposed.");
            }
        }, name);
        var id = await stopping.SendAsync();
        await entered.Task;
        await stopping.DisposeAsync();

        await using var next = await NoteService.StartAsync(broker.Address, database, name: name);
        await Eventually.BecomesTrueAsync(() => next.Handled.Contains(id));
        Assert.Empty(await next.ErrorsAsync());
    }

    [Fact]
    public async Task A_service_is_back_soon_after_the_broker_is_and_says_meanwhile_what_it_lacks()
    {
        using var wire = new Relay(broker.Address.Host, broker.Address.Port);
        var through = new UriBuilder(broker.Address) { Host = "127.0.0.1", Port = wire.Port }.Uri;
        await using var service = await NoteService.StartAsync(through, await databases.CreateDatabaseAsync());
        await service.SendAsync();
        await Eventually.BecomesTrueAsync(() => service.Handled.Count == 1);

        wire.Cut();
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var health = await service.Http.GetAsync("/health");
            return health.StatusCode == HttpStatusCode.ServiceUnavailable
                && (await health.Content.ReadAsStringAsync()).Contains("broker: The broker does not answer.");
        });
        using (var alive = await service.Http.GetAsync("/alive"))
        using (var errors = await service.Http.GetAsync("/errors"))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, errors.StatusCode);
        }

        // Long enough for pauses that grow to have grown.
        var away = Stopwatch.StartNew();
        await Eventually.BecomesTrueAsync(() => away.Elapsed > TimeSpan.FromSeconds(8));
        wire.Mend();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await service.SendAsync().WaitAsync(limit.Token);
        await Eventually.BecomesTrueAsync(() => service.Handled.Distinct().Count() == 2, TimeSpan.FromSeconds(10));
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var health = await service.Http.GetAsync("/health");
            return health.StatusCode == HttpStatusCode.OK;
        });
    }

    // Each death is a service that never answers again: its wire to the broker is cut while it handles the message.
    [Fact]
    public async Task A_message_that_kills_the_process_ends_in_the_error_queue_and_its_neighbours_are_handled()
    {
        var name = NoteService.NewName();
        var database = await databases.CreateDatabaseAsync();
        var handled = new ConcurrentDictionary<Guid, byte>();
        var release = new TaskCompletionSource();
        var dead = new List<(Relay Wire, NoteService Service)>();
        var neighbours = new List<Guid>();
        var deadly = Guid.Empty;
        var deaths = 0;
        while (true)
        {
            var wire = new Relay(broker.Address.Host, broker.Address.Port);
            var through = new UriBuilder(broker.Address) { Host = "127.0.0.1", Port = wire.Port }.Uri;
            var dies = new TaskCompletionSource();
            var lives = true;
            var service = await NoteService.StartAsync(through, database, async context =>
            {
                if (context.Message.Text == "deadly")
                {
                    lives = false;
                    dies.TrySetResult();
                }

                if (!lives)
                {
                    await release.Task; // a dead process goes no further with anything
                }

                handled[context.Message.Id] = 0;
            }, name);
            dead.Add((wire, service));
            if (deadly == Guid.Empty)
            {
                deadly = await service.SendAsync("deadly");
                for (var neighbour = 0; neighbour < 5; neighbour++)
                {
                    neighbours.Add(await service.SendAsync());
                }
            }

            if (await Task.WhenAny(dies.Task, ErrorAsync(service)) != dies.Task)
            {
                break;
            }

            deaths++;
            wire.Cut();
            Assert.True(deaths < 20, "It kills for ever.");
        }

        var survivor = dead[^1].Service;
        var queues = await survivor.ErrorsAsync();
        Assert.Equal("The process has died 3 times while it handled this message.",
            queues[0]!["messages"]![0]!["reason"]!.GetValue<string>());
        await Eventually.BecomesTrueAsync(() => neighbours.All(handled.ContainsKey));
        Assert.Equal(Suspects.Suspicious + Suspects.MostDeaths, deaths);
        Assert.False(handled.ContainsKey(deadly));

        release.SetResult();
        await Task.WhenAll(dead.Select(async one =>
        {
            await one.Service.DisposeAsync();
            one.Wire.Dispose();
        }));

        static Task ErrorAsync(NoteService service) => Eventually.ReturnsAsync(
            service.ErrorsAsync, queues => queues.Count == 1, TimeSpan.FromSeconds(30));
    }

    private async Task<NoteService> StartAsync(Func<ConsumeContext<Note>, Task>? handle = null) =>
        await NoteService.StartAsync(broker.Address, await databases.CreateDatabaseAsync(), handle);
}
