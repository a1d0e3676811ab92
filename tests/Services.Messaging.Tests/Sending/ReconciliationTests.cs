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

    [Fact]
    public async Task A_text_of_other_content_is_another_message()
    {
        var order = Order.Text("Bonjour\r\nZoé");
        _twilio.Answer(order.To, FakeTwilio.Reset);
        _twilio.Create(order.From, order.To, TimeProvider.System.GetUtcNow(), "Au revoir");
        await _events.PublishAsync(order);

        Assert.IsType<MessageDeferred>((await _events.ForAsync(order.MessageId, 2))[1]);
    }

    [Fact]
    public async Task Of_several_messages_the_one_of_the_same_content_is_ours()
    {
        var order = Order.Text("Bonjour\r\nZoé");
        _twilio.Answer(order.To, FakeTwilio.Reset);
        var now = TimeProvider.System.GetUtcNow();
        _twilio.Create(order.From, order.To, now, "Bonjour");
        var ours = _twilio.Create(order.From, order.To, now, "Bonjour\nZoe\u0301 ");
        await _events.PublishAsync(order);

        var accepted = Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal(ours, accepted.ProviderMessageId);
    }

    [Fact]
    public async Task A_text_without_the_templates_values_settles_nothing_and_forbids_to_conclude_absence()
    {
        var order = Order.Template(new() { ["1"] = "Zoé" });
        _twilio.Answer(order.To, FakeTwilio.Reset);
        _twilio.Create(order.From, order.To, TimeProvider.System.GetUtcNow(), "Bonjour");
        await _events.PublishAsync(order);

        await LooksAsync(order, 3);

        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(order.MessageId)));
    }

    [Fact]
    public async Task What_a_found_message_has_come_to_by_now_takes_effect()
    {
        var delivered = Order.Text("Bonjour");
        var failed = Order.Template(new() { ["1"] = "Zoé" });
        var now = TimeProvider.System.GetUtcNow();
        var sids = new[] { delivered, failed }.Select(order =>
        {
            _twilio.Answer(order.To, FakeTwilio.Reset);
            return _twilio.Create(order.From, order.To, now, order.Text ?? "Bonjour Zoé !");
        }).ToArray();
        _twilio.Become(sids[0], "delivered");
        _twilio.Become(sids[1], "undelivered", 63024);
        await _events.PublishAsync(delivered);
        await _events.PublishAsync(failed);

        Assert.IsType<MessageAccepted>((await _events.ForAsync(delivered.MessageId, 2))[1]);
        var status = await _events.OnlyAsync<StatusChanged>(DerivedId.Of($"twilio/{sids[0]}/delivered/"));
        Assert.Equal(
            (delivered.MessageId, 1, DeliveryStatus.Delivered), (status.MessageId, status.Attempt, status.Status));
        Assert.Equal(
            "63024", Assert.IsType<MessageRejected>((await _events.ForAsync(failed.MessageId, 3))[2]).ErrorCode);
    }

    [Fact]
    public async Task Many_open_outcomes_of_a_sender_are_settled_from_one_list()
    {
        var (sender, now) = (Order.Number(), TimeProvider.System.GetUtcNow());
        var orders = Enumerable.Range(0, 50).Select(_ => Order.Text("Bonjour") with { From = sender }).ToList();
        var sids = orders.ConvertAll(order => _twilio.Create(sender, order.To, now, order.Text));
        await using (var command = messaging.Database.Command("""
            insert into send_attempts (message_id, attempt, provider, sender, recipient, content, retries_used, claim,
                claimed_at, state, reason, look_at, parts)
            select id, 1, 'twilio', $1, recipient, 'text', 0, gen_random_uuid(), $2, 'unknown', 'a test',
                clock_timestamp(), '{Bonjour}'
            from unnest($3::uuid[], $4::text[]) as orders (id, recipient)
            """, sender, now, orders.Select(order => order.MessageId).ToArray(),
            orders.Select(order => order.To).ToArray()))
        {
            await command.ExecuteNonQueryAsync();
        }

        foreach (var (order, sid) in orders.Zip(sids))
        {
            Assert.Equal(sid, (await _events.OnlyAsync<MessageAccepted>(order.MessageId)).ProviderMessageId);
        }

        // Pages of twenty: three for each walk, and a walk by each round at most.
        Assert.InRange(
            _twilio.Reads.Count(read => read.Contains(Uri.EscapeDataString(sender), StringComparison.Ordinal)), 1, 6);
    }

    [Fact]
    public async Task What_the_list_has_left_open_for_a_month_is_unconfirmed_and_its_words_are_forgotten()
    {
        var (order, now) = (Order.Text("Bonjour"), TimeProvider.System.GetUtcNow());
        await using (var command = messaging.Database.Command("""
            insert into send_attempts (message_id, attempt, provider, sender, recipient, content, retries_used, claim,
                claimed_at, state, reason, look_at, parts)
            select $1, 1, 'twilio', $2, $3, 'text', 0, gen_random_uuid(), $4, 'unknown', 'a test', null, '{Bonjour}'
            """, order.MessageId, order.From, order.To, now.AddDays(-32)))
        {
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal("unconfirmed", (await _events.OnlyAsync<MessageRejected>(order.MessageId)).ErrorCode);
        await using var words = messaging.Database.Command(
            "select cardinality(parts) from send_attempts where message_id = $1", order.MessageId);
        Assert.Equal(0, await words.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_failing_provider_is_tried_with_one_call_after_a_growing_rest_and_then_all_may_call()
    {
        var sender = Order.Number();
        var orders = Enumerable.Range(0, 6).Select(_ => Order.Text("Bonjour") with { From = sender }).ToList();
        var calls = 0;
        foreach (var order in orders)
        {
            _twilio.BreakList(order.To, true);
            _twilio.Answer(order.To, context => Interlocked.Increment(ref calls) <= 2
                ? FakeTwilio.Refuse(503, null)(context)
                : _twilio.AcceptAsync(context));
            await _events.PublishAsync(order);
        }

        foreach (var order in orders)
        {
            await _events.ForAsync(order.MessageId);
            _twilio.BreakList(order.To, false);
        }

        var stamps = orders.SelectMany(order => _twilio.Arrivals(order.MessageId)).Select(arrival => arrival.Stamp)
            .Order().ToList();
        var gaps = stamps.Zip(stamps.Skip(1))
            .Select(pair => TimeProvider.System.GetElapsedTime(pair.First, pair.Second)).ToList();
        Assert.Equal(6, stamps.Count);
        Assert.InRange(gaps[0], TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(2));
        Assert.InRange(gaps[1], TimeSpan.FromSeconds(1.95), TimeSpan.FromSeconds(4));
        Assert.All(gaps.Skip(2), gap => Assert.InRange(gap, TimeSpan.Zero, TimeSpan.FromSeconds(0.9)));
    }

    private Task LooksAsync(SendMessage order, int count) => Testing.Eventually.BecomesTrueAsync(async () =>
    {
        await using var command = messaging.Database.Command(
            "select looks from send_attempts where message_id = $1", order.MessageId);
        return await command.ExecuteScalarAsync() is int looks && looks >= count;
    });
}
