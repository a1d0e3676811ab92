using Contracts;
using ServiceDefaults;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class ReconciliationTests(Messaging messaging)
{
    private readonly FakeTwilio _twilio = messaging.Twilio;
    private readonly EventLog _events = messaging.Events;

    [Fact]
    public async Task A_message_that_was_taken_but_not_answered_is_found_in_the_list_and_never_sent_again()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, _twilio.AcceptAndReset);
        await _events.PublishAsync(order);

        var said = await _events.ForAsync(order.MessageId, 2);
        await _events.PublishAsync(order);
        await _events.ForAsync(order.MessageId, 3);

        Assert.IsType<OutcomeUnknown>(said[0]);
        Assert.StartsWith("SM", Assert.IsType<MessageAccepted>(said[1]).ProviderMessageId, StringComparison.Ordinal);
        Assert.Single(_twilio.Arrivals(order.MessageId));
    }

    public static TheoryData<string> Losses => ["reset", "500", "silence"];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task What_the_provider_provably_has_not_may_be_tried_again_under_the_next_number(string loss)
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, loss switch
        {
            "reset" => FakeTwilio.Reset,
            "500" => FakeTwilio.Refuse(500, 20500),
            _ => _twilio.Silence,
        });
        await _events.PublishAsync(order);

        var said = await _events.ForAsync(order.MessageId, 2);
        Assert.IsType<OutcomeUnknown>(said[0]);
        var deferred = Assert.IsType<MessageDeferred>(said[1]);
        Assert.Null(deferred.ErrorCode);
        Assert.Equal(0, (deferred.NotBefore - deferred.DeferredAt).TotalSeconds, 1.0);

        _twilio.Answer(order.To, _twilio.AcceptAsync);
        await _events.PublishAsync(order with { Attempt = 2 });
        Assert.Equal(2, Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 3))[2]).Attempt);
    }

    [Fact]
    public async Task As_long_as_the_list_cannot_be_read_nothing_is_concluded()
    {
        var order = Order.Text("Bonjour");
        _twilio.BreakList(order.To, true);
        _twilio.Answer(order.To, FakeTwilio.Refuse(502, null));
        await _events.PublishAsync(order);
        await _events.ForAsync(order.MessageId);

        await LooksAsync(order, 3);
        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(order.MessageId)));

        _twilio.BreakList(order.To, false);
        Assert.IsType<MessageDeferred>((await _events.ForAsync(order.MessageId, 2))[1]);
    }

    [Fact]
    public async Task Where_several_messages_might_be_the_one_the_question_stays_open()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, _twilio.AcceptAndReset);
        _twilio.Create(order.From, order.To, TimeProvider.System.GetUtcNow());
        await _events.PublishAsync(order);

        await LooksAsync(order, 3);

        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(order.MessageId)));
    }

    [Fact]
    public async Task An_unexplained_message_shortly_before_forbids_to_conclude_absence()
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Reset);
        // By a wrong clock this could be ours.
        _twilio.Create(order.From, order.To, TimeProvider.System.GetUtcNow().AddMinutes(-30));
        await _events.PublishAsync(order);

        await LooksAsync(order, 3);

        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(order.MessageId)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_whose_process_died_is_settled_by_the_list_like_any_unknown_outcome(bool sent)
    {
        var order = Order.Text("Bonjour");
        var claimedAt = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        foreach (var number in Enumerable.Range(1, sent ? 4 : 0))
        {
            // Older ones, which make the list several pages long.
            _twilio.Create(order.From, order.To, claimedAt.AddHours(-number - 1));
        }

        var sid = sent ? _twilio.Create(order.From, order.To, claimedAt.AddSeconds(1)) : null;
        await using (var command = messaging.Database.Command("""
            insert into send_attempts
                (message_id, attempt, provider, sender, recipient, content, retries_used, claim, claimed_at)
            values ($1, 1, 'twilio', $2, $3, 'text', 0, gen_random_uuid(), $4)
            """, order.MessageId, order.From, order.To, claimedAt))
        {
            await command.ExecuteNonQueryAsync();
        }

        var said = await _events.ForAsync(order.MessageId, 2);

        Assert.IsType<OutcomeUnknown>(said[0]);
        if (sent)
        {
            Assert.Equal(sid, Assert.IsType<MessageAccepted>(said[1]).ProviderMessageId);
        }
        else
        {
            Assert.IsType<MessageDeferred>(said[1]);
        }

        Assert.Empty(_twilio.Arrivals(order.MessageId));
    }

    private Task LooksAsync(SendMessage order, int count) => Testing.Eventually.BecomesTrueAsync(async () =>
    {
        await using var command = messaging.Database.Command(
            "select looks from send_attempts where message_id = $1", order.MessageId);
        return await command.ExecuteScalarAsync() is int looks && looks >= count;
    });
}
