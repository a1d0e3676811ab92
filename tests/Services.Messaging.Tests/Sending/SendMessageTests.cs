using System.Globalization;
using System.Text;
using Contracts;
using ServiceDefaults;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class SendMessageTests(Messaging messaging)
{
    private readonly FakeTwilio _twilio = messaging.Twilio;
    private readonly EventLog _events = messaging.Events;

    [Fact]
    public async Task A_message_goes_to_the_provider_once_and_its_id_comes_back()
    {
        var order = Order.Template(new() { ["1"] = "Zoé" }) with { RetriesUsed = 2, Attempt = 4 };
        await _events.PublishAsync(order);

        var accepted = await _events.OnlyAsync<MessageAccepted>(order.MessageId);
        var arrival = Assert.Single(_twilio.Arrivals(order.MessageId));

        Assert.Equal(("twilio", 4), (accepted.Provider, accepted.Attempt));
        Assert.StartsWith("SM", accepted.ProviderMessageId, StringComparison.Ordinal);
        Assert.Equal(4, arrival.Attempt);
        Assert.Equal("whatsapp:" + order.From, arrival.Form["From"]);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeTwilio.AccountSid + ":first")),
            arrival.Authorization);
    }

    [Fact]
    public async Task An_order_that_comes_again_sends_nothing_and_gets_the_same_answer()
    {
        var order = Order.Text("Bonjour");
        await _events.PublishAsync(order);
        var first = await _events.OnlyAsync<MessageAccepted>(order.MessageId);

        await _events.PublishAsync(order with { ExpiresAt = TimeProvider.System.GetUtcNow().AddDays(-1) });
        var both = await _events.ForAsync(order.MessageId, 2);

        Assert.Single(_twilio.Arrivals(order.MessageId));
        Assert.All(both, said => Assert.Equal(first, said));
    }

    // Twilio plan, property 13
    [Fact]
    public async Task Who_has_not_joined_the_sandbox_is_rejected_at_once()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Refuse(400, 63015));
        await _events.PublishAsync(order);

        var rejected = await _events.OnlyAsync<MessageRejected>(order.MessageId);

        Assert.Equal(("63015", false, 1), (rejected.ErrorCode, rejected.StopsSender, rejected.Attempt));
    }

    [Fact]
    public async Task A_sender_that_Twilio_does_not_know_is_stopped()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Refuse(400, 63007));
        await _events.PublishAsync(order);

        Assert.True((await _events.OnlyAsync<MessageRejected>(order.MessageId)).StopsSender);
    }

    [Fact]
    public async Task A_refusal_without_a_code_is_rejected_under_its_status()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Refuse(404, null));
        await _events.PublishAsync(order);

        Assert.Equal("http_404", (await _events.OnlyAsync<MessageRejected>(order.MessageId)).ErrorCode);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 120)]
    [InlineData(2, 240)]
    public async Task A_passing_refusal_is_deferred_and_the_next_attempt_may_send(int retriesUsed, int seconds)
    {
        var order = Order.Text("Bonjour") with { Attempt = retriesUsed + 1, RetriesUsed = retriesUsed };
        _twilio.Answer(order.To, FakeTwilio.Refuse(503, 20503));
        await _events.PublishAsync(order);

        var deferred = await _events.OnlyAsync<MessageDeferred>(order.MessageId);
        Assert.Equal("20503", deferred.ErrorCode);
        Assert.Equal(seconds, (deferred.NotBefore - deferred.DeferredAt).TotalSeconds, 1.0);

        _twilio.Answer(order.To, _twilio.AcceptAsync);
        await _events.PublishAsync(order with { Attempt = order.Attempt + 1, RetriesUsed = retriesUsed + 1 });
        Assert.Equal(
            order.Attempt + 1,
            Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]).Attempt);
    }

    [Fact]
    public async Task After_three_retries_a_passing_refusal_is_final()
    {
        var order = Order.Text("Bonjour") with { Attempt = 4, RetriesUsed = 3 };
        _twilio.Answer(order.To, FakeTwilio.Refuse(503, 20503));
        await _events.PublishAsync(order);

        Assert.Equal("20503", (await _events.OnlyAsync<MessageRejected>(order.MessageId)).ErrorCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_many_requests_defer_the_message_and_rest_the_sender(bool asDate)
    {
        var order = Order.Text("Bonjour");
        var end = TimeProvider.System.GetUtcNow().AddSeconds(90);
        _twilio.Answer(order.To, FakeTwilio.Refuse(
            429, 20429, asDate ? end.ToString("r", CultureInfo.InvariantCulture) : "90"));
        await _events.PublishAsync(order);
        var deferred = await _events.OnlyAsync<MessageDeferred>(order.MessageId);
        // Seconds count from the answer, which may have taken its time.
        var latest = asDate ? end : TimeProvider.System.GetUtcNow().AddSeconds(90);
        Assert.InRange(deferred.NotBefore, end.AddSeconds(-2), latest.AddSeconds(5));

        var next = Order.Text("Bonjour") with { From = order.From };
        await _events.PublishAsync(next);
        var returned = await _events.OnlyAsync<MessageReturned>(next.MessageId);

        Assert.Empty(_twilio.Arrivals(next.MessageId));
        Assert.Equal("20429", returned.ErrorCode);
        Assert.InRange(
            returned.NotBefore!.Value, deferred.NotBefore.AddSeconds(-2), deferred.NotBefore.AddSeconds(5));
    }

    [Fact]
    public async Task The_daily_limit_puts_the_message_and_its_sender_off_to_the_next_day()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Refuse(429, 63038));
        await _events.PublishAsync(order);

        var deferred = await _events.OnlyAsync<MessageDeferred>(order.MessageId);

        Assert.Equal("63038", deferred.ErrorCode);
        Assert.Equal(TimeSpan.Zero, deferred.NotBefore.UtcDateTime.TimeOfDay);
        Assert.InRange(deferred.NotBefore - deferred.DeferredAt, TimeSpan.FromMinutes(-1), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task However_many_orders_of_one_sender_wait_those_of_another_go_out()
    {
        var resting = Enumerable.Repeat(Order.Number(), 10).Select(from => Order.Text("Bonjour") with { From = from })
            .ToList();
        var other = Order.Text("Bonjour");
        await messaging.InsteadAsync(async () =>
        {
            await using var host = await messaging.StartHostAsync(
                ("Sending:RatePerSecond", "10"), ("Sending:Senders:0:Number", other.From),
                ("Sending:Senders:0:MinInterval", "00:00:01"));
            await using var rest = messaging.Database.Command("""
                insert into sender_slots (sender, next_at, halted_until)
                values ($1, clock_timestamp(), clock_timestamp() + interval '10 seconds')
                """, resting[0].From);
            await rest.ExecuteNonQueryAsync();

            await Task.WhenAll(resting.Select(_events.PublishAsync));
            await _events.PublishAsync(other);
            await _events.OnlyAsync<MessageAccepted>(other.MessageId);

            Assert.All(resting, order => Assert.Empty(_twilio.Arrivals(order.MessageId)));
        });
    }

    [Fact]
    public async Task An_order_past_its_time_is_handed_back_and_its_number_is_free()
    {
        var order = Order.Text("Bonjour");
        await _events.PublishAsync(order with { ExpiresAt = TimeProvider.System.GetUtcNow() });
        var returned = await _events.OnlyAsync<MessageReturned>(order.MessageId);
        Assert.Equal((1, null, null), (returned.Attempt, returned.NotBefore, returned.ErrorCode));

        await _events.PublishAsync(order);
        Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Single(_twilio.Arrivals(order.MessageId));
    }

    [Fact]
    public async Task A_later_attempt_is_handed_back_while_an_earlier_one_may_be_out_and_an_earlier_one_never_sends()
    {
        var order = Order.Text("Bonjour") with { Attempt = 2 };
        await _events.PublishAsync(order);
        await _events.OnlyAsync<MessageAccepted>(order.MessageId);

        await _events.PublishAsync(order with { Attempt = 3 });
        var said = (await _events.ForAsync(order.MessageId, 3)).Skip(1).ToList(); // in any order
        var returned = Assert.Single(said.OfType<MessageReturned>());
        Assert.Equal(3, returned.Attempt);
        Assert.Equal(10, (returned.NotBefore!.Value - returned.ReturnedAt).TotalSeconds, 1.0);
        // Whoever ordered it does not know of the one that was accepted.
        Assert.Equal(2, Assert.Single(said.OfType<MessageAccepted>()).Attempt);

        await _events.PublishAsync(order with { Attempt = 1 });
        await PassAsync();
        Assert.Equal(3, _events.For(order.MessageId).Count);
        Assert.Single(_twilio.Arrivals(order.MessageId));
    }

    [Fact]
    public async Task When_nobody_can_be_reached_the_order_comes_back_uncounted_and_the_sender_rests()
    {
        await messaging.InsteadAsync(async () =>
        {
            // Nobody listens on the discard port.
            await using var host = await messaging.StartHostAsync(("Twilio:ApiBaseUrl", "http://127.0.0.1:9"));
            var order = Order.Text("Bonjour") with { ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(1) };
            await _events.PublishAsync(order);

            var returned = await _events.OnlyAsync<MessageReturned>(order.MessageId);
            Assert.Equal("not_connected", returned.ErrorCode);
            Assert.InRange(
                returned.NotBefore!.Value - returned.ReturnedAt, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));

            // Its time ends while the sender still rests, so it need not wait for that.
            var next = Order.Text("Bonjour") with
            {
                From = order.From,
                ExpiresAt = returned.NotBefore.Value.AddMilliseconds(-1),
            };
            await _events.PublishAsync(next);
            Assert.Equal(
                "not_connected", (await _events.OnlyAsync<MessageReturned>(next.MessageId)).ErrorCode);
        });
    }

    /// <summary>Everything published before has been worked through once this returns.</summary>
    private async Task PassAsync()
    {
        var last = Order.Text("Bonjour");
        await _events.PublishAsync(last);
        await _events.ForAsync(last.MessageId);
    }
}
