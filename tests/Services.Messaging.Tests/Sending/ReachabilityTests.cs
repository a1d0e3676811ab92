using Contracts;
using ServiceDefaults;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class ReachabilityTests(Messaging messaging)
{
    private readonly FakeTwilio _twilio = messaging.Twilio;
    private readonly EventLog _events = messaging.Events;

    [Fact]
    public Task While_webhooks_do_not_reach_us_the_list_tells_what_they_would() => messaging.InsteadAsync(async () =>
    {
        await ForgetAsync();
        _twilio.Webhook = FakeTwilio.TunnelPage;
        var (sender, person, before) = (Order.Number(), Order.Number(), _events.For(Guid.Empty).Count);
        await using var host = await messaging.StartHostAsync(
            ("PublicUrl", _twilio.Address), ("Sending:SelfTestPause", "00:00:00.6"),
            ("Sending:RecoverPause", "00:00:00.2"), ("Sandbox:Number", sender));
        var failed = Assert.IsType<WebhooksChecked>((await _events.ForAsync(Guid.Empty, before + 1))[before]);
        Assert.Equal((false, "not_ours"), (failed.Reachable, failed.Reason));

        var now = TimeProvider.System.GetUtcNow();
        var inbound = _twilio.Create(person, sender, now, "STOP", "received", inbound: true);
        var received = await _events.OnlyAsync<MessageReceived>(DerivedId.OfMessage("twilio", inbound));
        Assert.Equal((person, sender, "STOP", true), (received.From, received.To, received.Text, received.Asked));
        Assert.Equal(now.ToUnixTimeSeconds(), received.ReceivedAt.ToUnixTimeSeconds());

        var order = Order.Text("Bonjour");
        await _events.PublishAsync(order);
        var sid = (await _events.OnlyAsync<MessageAccepted>(order.MessageId)).ProviderMessageId;
        _twilio.Become(sid, "delivered");
        await _events.OnlyAsync<StatusChanged>(DerivedId.Of($"twilio/{sid}/delivered/"));

        _twilio.Webhook = async context =>
        {
            var form = await context.Request.ReadFormAsync();
            context.Response.Headers[SelfTest.Header] = SelfTest.Proof("second", form[SelfTest.Field].ToString());
        };
        var passed = Assert.IsType<WebhooksChecked>((await _events.ForAsync(Guid.Empty, before + 2))[before + 1]);
        Assert.True(passed.Reachable);
        await Testing.Eventually.BecomesTrueAsync(async () =>
        {
            await using var command = messaging.Database.Command("select recover_at is null from webhook_checks");
            return await command.ExecuteScalarAsync() is true;
        });
        Assert.Single(_events.For(DerivedId.OfMessage("twilio", inbound)));
    });

    [Fact]
    public Task One_failed_test_says_nothing() => messaging.InsteadAsync(async () =>
    {
        await ForgetAsync();
        var (before, tests) = (_events.For(Guid.Empty).Count, 0);
        _twilio.Webhook = async context =>
        {
            var form = await context.Request.ReadFormAsync();
            if (Interlocked.Increment(ref tests) == 1)
            {
                context.Abort();
            }

            context.Response.Headers[SelfTest.Header] = SelfTest.Proof("first", form[SelfTest.Field].ToString());
        };
        await using var host = await messaging.StartHostAsync(
            ("PublicUrl", _twilio.Address), ("Sending:SelfTestPause", "00:00:00.6"));

        Assert.True(Assert.IsType<WebhooksChecked>((await _events.ForAsync(Guid.Empty, before + 1))[before]).Reachable);
        Assert.True(tests > 1);
    });

    [Fact]
    public Task Who_asks_is_told_at_once_also_of_a_first_failure() => messaging.InsteadAsync(async () =>
    {
        await ForgetAsync();
        _twilio.Webhook = FakeTwilio.TunnelPage;
        var before = _events.For(Guid.Empty).Count;
        await using var host = await messaging.StartHostAsync( // which tests by itself once, and says nothing of it
            ("PublicUrl", _twilio.Address), ("Sending:SelfTestPause", "01:00:00"));
        await _events.PublishAsync(new CheckWebhooks { RequestedAt = TimeProvider.System.GetUtcNow() });
        var failed = Assert.IsType<WebhooksChecked>((await _events.ForAsync(Guid.Empty, before + 1))[before]);
        Assert.Equal((false, "not_ours"), (failed.Reachable, failed.Reason));

        await _events.PublishAsync(new CheckWebhooks { RequestedAt = TimeProvider.System.GetUtcNow() });
        var again = Assert.IsType<WebhooksChecked>((await _events.ForAsync(Guid.Empty, before + 2))[before + 1]);
        Assert.False(again.Reachable);
        Assert.True(again.CheckedAt > failed.CheckedAt);
    });

    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://campaigns:8080", true)]
    [InlineData("https://laptop.local", true)]
    [InlineData("http://127.0.0.1", true)]
    [InlineData("http://10.1.2.3", true)]
    [InlineData("http://172.31.0.1", true)]
    [InlineData("http://192.168.1.1", true)]
    [InlineData("http://169.254.1.1", true)]
    [InlineData("http://[::1]", true)]
    [InlineData("http://[fd00::1]", true)]
    [InlineData("http://[fe80::1]", true)]
    [InlineData("http://172.32.0.1", false)]
    [InlineData("https://203.0.113.7", false)]
    [InlineData("https://campaigns.example.com", false)]
    public void Addresses_that_no_provider_can_reach_are_known_without_a_call(string url, bool isPrivate) =>
        Assert.Equal(isPrivate, WebhookProbe.IsPrivate(new(url)));

    private async Task ForgetAsync()
    {
        await using var command = messaging.Database.Command("delete from webhook_checks");
        await command.ExecuteNonQueryAsync();
    }
}
