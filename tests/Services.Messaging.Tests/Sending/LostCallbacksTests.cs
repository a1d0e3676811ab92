using Contracts;
using ServiceDefaults;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class LostCallbacksTests(Messaging messaging)
{
    private readonly FakeTwilio _twilio = messaging.Twilio;
    private readonly EventLog _events = messaging.Events;

    [Fact]
    public Task What_no_callback_told_is_asked_for_until_the_last_status_is_told() => messaging.InsteadAsync(async () =>
    {
        await using var host = await messaging.StartHostAsync(("Sending:AskAfter", "00:00:00.2"));
        var sid = await SendAsync(Order.Text("Bonjour"));

        _twilio.Become(sid, "delivered");
        var delivered = await _events.OnlyAsync<StatusChanged>(DerivedId.Of($"twilio/{sid}/delivered/"));
        _twilio.Become(sid, "read");
        await _events.OnlyAsync<StatusChanged>(DerivedId.Of($"twilio/{sid}/read/"));

        Assert.Equal((true, DeliveryStatus.Delivered), (delivered.Asked, delivered.Status));
        await Testing.Eventually.BecomesTrueAsync(async () => await AskAtAsync(sid) is null);
        Assert.Contains(sid, _twilio.Reads); // one alone is asked for by its id
    });

    [Fact]
    public Task Many_messages_of_a_sender_are_asked_for_by_one_walk() => messaging.InsteadAsync(async () =>
    {
        await using var host = await messaging.StartHostAsync(("Sending:AskAfter", "00:00:01"));
        var sender = Order.Number();
        var orders = Enumerable.Range(0, 8).Select(_ => Order.Text("Bonjour") with { From = sender }).ToList();
        var sids = await Task.WhenAll(orders.Select(SendAsync));
        foreach (var sid in sids)
        {
            _twilio.Become(sid, "failed", 63024);
        }

        foreach (var order in orders)
        {
            Assert.Equal(
                "63024", Assert.IsType<MessageRejected>((await _events.ForAsync(order.MessageId, 2))[1]).ErrorCode);
        }

        Assert.True(sids.Intersect(_twilio.Reads).Count() < 4);
    });

    [Fact]
    public async Task The_ledger_keeps_the_greatest_of_all_reports()
    {
        var order = Order.Text("Bonjour");
        var sid = await SendAsync(order);
        foreach (var status in new[] { DeliveryStatus.Sent, DeliveryStatus.Read, DeliveryStatus.Delivered })
        {
            await _events.PublishAsync(new StatusChanged
            {
                Provider = "twilio",
                ProviderMessageId = sid,
                Status = status,
                ReceivedAt = TimeProvider.System.GetUtcNow(),
            });
        }

        await Testing.Eventually.BecomesTrueAsync(async () => await AskAtAsync(sid) is null);
        await using var command = messaging.Database.Command(
            "select status from send_attempts where provider_message_id = $1", sid);
        Assert.Equal((short)DeliveryStatus.Read, await command.ExecuteScalarAsync());
    }

    private async Task<string> SendAsync(SendMessage order)
    {
        await _events.PublishAsync(order);
        return Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId))[0]).ProviderMessageId;
    }

    private async Task<DateTime?> AskAtAsync(string sid)
    {
        await using var command = messaging.Database.Command(
            "select ask_at from send_attempts where provider_message_id = $1", sid);
        return await command.ExecuteScalarAsync() as DateTime?;
    }
}
