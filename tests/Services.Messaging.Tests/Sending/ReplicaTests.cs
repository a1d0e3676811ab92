using Contracts;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class ReplicaTests(Messaging messaging)
{
    [Fact]
    public async Task Two_processes_send_each_message_once_and_never_two_messages_within_the_spacing()
    {
        var spacing = TimeSpan.FromMilliseconds(60);
        await messaging.InsteadAsync(async () =>
        {
            await using var one = await messaging.StartHostAsync(("Sending:MinInterval", spacing.ToString()));
            await using var two = await messaging.StartHostAsync(("Sending:MinInterval", spacing.ToString()));
            var sender = Order.Number();
            var orders = Enumerable.Range(0, 10).Select(_ => Order.Text("Bonjour") with { From = sender }).ToList();

            // Each order three times: repeats wait at one process while the other sends.
            await Task.WhenAll(orders.Concat(orders).Concat(orders).Select(messaging.Events.PublishAsync));
            foreach (var order in orders)
            {
                Assert.IsType<MessageAccepted>((await messaging.Events.ForAsync(order.MessageId))[0]);
            }

            var stamps = orders.Select(order => Assert.Single(messaging.Twilio.Arrivals(order.MessageId)).Stamp)
                .Order().ToList();
            Assert.All(stamps.Zip(stamps.Skip(1)), pair => Assert.True(
                TimeProvider.System.GetElapsedTime(pair.First, pair.Second) >= spacing));
        });
    }

    [Fact]
    public async Task An_order_that_waits_when_its_process_stops_is_sent_by_another()
    {
        await messaging.InsteadAsync(async () =>
        {
            var order = Order.Text("Bonjour");
            await using (var one = await messaging.StartHostAsync(("Sending:MinInterval", "00:00:04")))
            {
                var first = Order.Text("Bonjour") with { From = order.From };
                await messaging.Events.PublishAsync(first);
                await messaging.Events.OnlyAsync<MessageAccepted>(first.MessageId);
                await messaging.Events.PublishAsync(order);
            }

            await using var two = await messaging.StartHostAsync();
            await messaging.Events.OnlyAsync<MessageAccepted>(order.MessageId);
            Assert.Single(messaging.Twilio.Arrivals(order.MessageId));
        });
    }

    [Fact]
    public async Task A_call_that_is_under_way_when_its_process_stops_is_finished_and_recorded()
    {
        await messaging.InsteadAsync(async () =>
        {
            var order = Order.Text("Bonjour");
            var called = new TaskCompletionSource();
            var answer = new TaskCompletionSource();
            messaging.Twilio.Answer(order.To, async context =>
            {
                called.SetResult();
                await answer.Task;
                await messaging.Twilio.AcceptAsync(context);
            });

            var one = await messaging.StartHostAsync(("Sending:CallLimit", "00:00:10"));
            await messaging.Events.PublishAsync(order);
            await called.Task;
            var stopped = one.DisposeAsync().AsTask();
            await one.Stopping;
            answer.SetResult();
            await stopped;

            await using var two = await messaging.StartHostAsync();
            await messaging.Events.OnlyAsync<MessageAccepted>(order.MessageId);
            Assert.Single(messaging.Twilio.Arrivals(order.MessageId));
        });
    }
}
