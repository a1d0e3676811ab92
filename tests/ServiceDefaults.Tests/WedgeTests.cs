using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Testing;

namespace ServiceDefaults.Tests;

[Trait("needs", "broker")]
public sealed class WedgeTests(BrokerFixture broker, DatabaseFixture databases)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_that_outlives_its_connection_does_not_keep_the_service_from_the_next(bool fails)
    {
        using var wire = new Relay(broker.Address.Host, broker.Address.Port);
        var through = new UriBuilder(broker.Address) { Host = "127.0.0.1", Port = wire.Port }.Uri;
        var cut = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var service = await NoteService.StartAsync(through, await databases.CreateDatabaseAsync(), async _ =>
        {
            if (cut.TrySetResult())
            {
                await goOn.Task;
                if (fails)
                {
                    throw new OperationInterruptedException(new(ShutdownInitiator.Library, 541, "Lost."));
                }
            }
        });
        var first = await service.SendAsync();
        await cut.Task;

        wire.Cut();
        // The client may tell of the loss only when the delivery is over, so that there is nothing else to wait for.
        var lost = Stopwatch.StartNew();
        await Eventually.BecomesTrueAsync(() => lost.Elapsed > TimeSpan.FromSeconds(1));
        goOn.SetResult();
        wire.Mend();

        await Eventually.BecomesTrueAsync(TrySendAsync);
        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(first) && service.Handled.Distinct().Count() > 1);

        // While it comes back, a send may meet a connection that is being closed.
        async Task<bool> TrySendAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await service.SendAsync().WaitAsync(limit.Token);
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_bus_that_does_not_work_while_the_broker_does_ends_the_process()
    {
        await using var service = await NoteService.StartAsync(broker.Address, await databases.CreateDatabaseAsync());
        var bus = service.Services.GetRequiredService<IBusControl>();
        // Its own would end the process of the tests.
        await service.Services.GetServices<IHostedService>().OfType<BusWatch>().Single().StopAsync(default);
        var left = new TaskCompletionSource();
        using var watch = new BusWatch(
            bus, broker.Address, () => left.TrySetResult(), TimeProvider.System, NullLogger<BusWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        Assert.False(left.Task.IsCompleted);

        await bus.StopAsync();

        await left.Task.WaitAsync(BusWatch.Patience * 2);
        await watch.StopAsync(CancellationToken.None);
    }
}
