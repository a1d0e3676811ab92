using System.Collections.Concurrent;
using Contracts;
using FsCheck.Fluent;
using ServiceDefaults;

namespace Services.Messaging.Tests;

public sealed class SendSlotsTests(Ledger ledger) : IClassFixture<Ledger>
{
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly Slot Nowhere = new(1, DateTimeOffset.UnixEpoch);

    // Twilio plan, property 11
    [Fact]
    public async Task In_strict_mode_no_call_begins_before_the_spacing_has_passed_since_the_end_of_the_one_before()
    {
        foreach (var delays in Gen.Choose(0, 20).ArrayOf(24).Sample(3))
        {
            var options = new SendingOptions { MinInterval = TimeSpan.FromMilliseconds(30) };

            var calls = await CallAsync(options, delays);

            Assert.Equal(delays.Length, calls.Count);
            Assert.All(calls.Zip(calls.Skip(1)), pair => Assert.True(
                Clock.GetElapsedTime(pair.First.Ended, pair.Second.Begun) >= options.MinInterval,
                $"{Clock.GetElapsedTime(pair.First.Ended, pair.Second.Begun).TotalMilliseconds} ms"));
        }
    }

    // Gupshup's 25 a minute are one in 2.4 s; here everything takes an eightieth of that.
    [Fact]
    public async Task Property_9_of_the_Gupshup_plan_no_minute_holds_more_than_25_calls_however_many_wait()
    {
        var (options, minute) = (
            new SendingOptions { MinInterval = TimeSpan.FromSeconds(2.4) / 80 }, TimeSpan.FromMinutes(1) / 80);

        var calls = await CallAsync(options, Gen.Choose(0, 3).ArrayOf(60).Sample(1).Single());

        Assert.Equal(60, calls.Count);
        Assert.All(calls, first => Assert.InRange(
            calls.Count(call => call.Begun >= first.Begun && Clock.GetElapsedTime(first.Begun, call.Begun) < minute),
            1, 25));
    }

    [Fact]
    public async Task Two_senders_keep_their_own_limits_side_by_side()
    {
        var strict = Gen.Choose(10, 60).Select(milliseconds => new SendingOptions.Sender
        {
            Number = Order.Number(),
            MinInterval = TimeSpan.FromMilliseconds(milliseconds),
        });
        var fast = Gen.Choose(5, 80).Select(rate => new SendingOptions.Sender
        {
            Number = Order.Number(),
            RatePerSecond = rate,
        });

        foreach (var pair in Gen.OneOf(strict, fast).Two().Where(pair => pair.Item1 != pair.Item2).Sample(4)
            .Append((strict.Sample(1).Single(), fast.Sample(1).Single())))
        {
            var options = new SendingOptions { Senders = [pair.Item1, pair.Item2] };

            await Task.WhenAll(options.Senders.Select(async sender =>
            {
                var pace = options.For(sender.Number);
                var delays = Gen.Choose(0, 3).ArrayOf(pace.Places * 3 / 2 + 12).Sample(1).Single();

                var calls = await CallAsync(options, delays, sender.Number);

                Assert.Equal(delays.Length, calls.Count);
                Assert.All(calls.Zip(calls.Skip(1)), pair => Assert.True(
                    !pace.Strict || Clock.GetElapsedTime(pair.First.Ended, pair.Second.Begun) >= pace.Spacing,
                    $"{Clock.GetElapsedTime(pair.First.Ended, pair.Second.Begun).TotalMilliseconds} ms, not {pace.Spacing}"));
                Assert.True(pace.Strict || BusiestSecond(await StartsAsync(sender.Number)) <= pace.RatePerSecond);
            }));
        }
    }

    // Twilio plan, property 11
    [Theory]
    [InlineData(10)]
    [InlineData(80)]
    public async Task In_fast_mode_no_second_holds_more_starts_than_the_rate(int rate)
    {
        var sender = Order.Number();
        var left = rate * 3 / 2;

        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            var (slots, _) = ledger.Open(new() { RatePerSecond = rate });
            using (slots)
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    var order = Order.Text("Bonjour") with { From = sender };
                    Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None));
                }
            }
        }));

        var starts = await StartsAsync(sender);
        var busiest = BusiestSecond(starts);
        Assert.Equal(rate * 3 / 2, starts.Count);
        Assert.True(busiest <= rate, $"{busiest} starts in one second");
    }

    [Fact]
    public async Task Of_many_workers_with_the_same_order_one_gets_it()
    {
        SendingOptions[] modes = [new() { MinInterval = TimeSpan.Zero }, new() { RatePerSecond = 500 }];
        foreach (var options in modes)
        {
            var order = Order.Text("Bonjour");

            var turns = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var slots = ledger.Open(options).Slots;
                return await slots.TakeAsync(order, CancellationToken.None);
            }));

            Assert.Single(turns.OfType<Turn.Taken>());
            Assert.Equal(7, turns.OfType<Turn.Known>().Count());
        }
    }

    [Fact]
    public void A_claim_lapses_when_its_process_sleeps_past_the_call()
    {
        var claim = new Claim(Guid.NewGuid(), 0, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(40)) { Slot = Nowhere };
        var limit = SendingOptions.StartLimit;

        Assert.False(claim.IsTooLate(TimeSpan.FromMilliseconds(100)));
        Assert.False(claim.IsTooLate(claim.Ahead + limit));
        Assert.True(claim.IsTooLate(claim.Ahead + limit + TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task In_fast_mode_whatever_is_late_no_window_of_a_second_holds_more_than_the_rate()
    {
        const int rate = 20;
        var sender = Order.Number();
        using var slots = ledger.Open(new() { RatePerSecond = rate }).Slots;
        var starts = new List<Task<DateTimeOffset>>();
        for (var number = 0; number < 3 * rate; number++)
        {
            var order = Order.Text("Bonjour") with { From = sender };
            var turn = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None));
            starts.Add(LeaveAsync(turn.Claim, number % 3 == 2 ? TimeSpan.FromMilliseconds(40 * (number % 7)) : null));
        }

        var left = (await Task.WhenAll(starts)).Order().ToList();
        var busiest = BusiestSecond(left);
        Assert.True(busiest <= rate, $"{busiest} starts in one second");
        // None of it costs a slot: 60 starts at a rate of 20 take two periods and what follows them, 2.9 s when late.
        Assert.InRange((left[^1] - left[0]).TotalSeconds, 2, 3.5);

        async Task<DateTimeOffset> LeaveAsync(Claim claim, TimeSpan? late)
        {
            if (late is null)
            {
                return claim.Slot.Start;
            }

            await Task.Delay(claim.Ahead + late.Value, Clock);
            return (await slots.MoveAsync(sender, claim.Slot)).Slot.Start;
        }
    }

    [Fact]
    public async Task In_fast_mode_a_call_so_late_that_its_place_is_anothers_takes_the_next_one()
    {
        var order = Order.Text("Bonjour");
        using var slots = ledger.Open(new() { RatePerSecond = 1 }).Slots;
        var late = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None)).Claim.Slot;
        var other = Assert.IsType<Turn.Taken>(await slots.TakeAsync(
            Order.Text("Bonjour") with { From = order.From }, CancellationToken.None)).Claim.Slot;

        var (slot, ahead) = await slots.MoveAsync(order.From, late);

        Assert.True(slot.Start >= other.Start + TimeSpan.FromSeconds(1), $"{slot.Start - other.Start}");
        Assert.InRange(ahead, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.2));
    }

    [Fact]
    public void A_call_counts_as_held_up_by_what_it_took_longer_than_nine_of_ten()
    {
        using var line = new Line(1);
        var random = new Random(1);
        line.Excess(TimeSpan.FromSeconds(2)); // a process that has just been started
        for (var call = 0; call < 2000; call++)
        {
            line.Excess(TimeSpan.FromMilliseconds(150 + (20 * random.NextDouble())));
        }

        Assert.Equal(TimeSpan.Zero, line.Excess(TimeSpan.FromMilliseconds(160)));
        Assert.InRange(line.Excess(TimeSpan.FromMilliseconds(268)).TotalMilliseconds, 95, 105);
    }

    [Fact]
    public async Task In_fast_mode_the_place_of_a_call_that_was_held_up_counts_from_when_it_may_have_arrived()
    {
        var options = new SendingOptions { RatePerSecond = 1 };
        var order = Order.Text("Bonjour");
        var (slots, attempts) = ledger.Open(options);
        using var owned = slots;
        var claim = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None)).Claim;
        var held = TimeSpan.FromMilliseconds(300);
        await attempts.RecordAsync(order, claim with { Held = held }, new SendResult.Accepted("SM1"));

        var next = Assert.IsType<Turn.Taken>(await slots.TakeAsync(
            Order.Text("Bonjour") with { From = order.From }, CancellationToken.None)).Claim;

        Assert.True(next.Slot.Start >= claim.Slot.Start + held + options.For(order.From).Period);
    }

    [Fact]
    public void A_claim_during_whose_making_the_process_may_have_been_frozen_is_void()
    {
        var claim = new Claim(Guid.NewGuid(), 0, TimeSpan.FromSeconds(5), TimeSpan.Zero) { Slot = Nowhere };

        Assert.True(claim.IsTooLate(claim.Due));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2.0)]
    public async Task The_last_starts_before_a_clock_was_put_back_count_as_of_now(double? rate)
    {
        var options = new SendingOptions { MinInterval = TimeSpan.FromSeconds(1), RatePerSecond = rate };
        using var slots = ledger.Open(options).Slots;
        var order = Order.Text("Bonjour");
        await using (var command = ledger.Database.Command(
            """
            insert into sender_slots (sender, next_at, starts, turns)
            select $1, later, array_fill(later, array[$2]), $2 from (select clock_timestamp() + interval '1 hour' as later) put_back
            """,
            order.From, options.For(order.From).Places))
        {
            await command.ExecuteNonQueryAsync();
        }

        var putBack = Clock.GetUtcNow();
        Assert.Null(await slots.TryClaimAsync(order, CancellationToken.None));
        var first = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None)).Claim.Slot.Start;

        Assert.InRange(first - putBack, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_urgent_order_goes_before_those_that_wait_already()
    {
        using var slots = ledger.Open(new() { RatePerSecond = 8 }).Slots;
        var sender = Order.Number();
        var served = new ConcurrentQueue<SendMessage>();
        var orders = Enumerable.Range(0, 8)
            .Select(number => Order.Text("Bonjour") with { From = sender, Urgent = number == 7 }).ToList();

        await Task.WhenAll(orders.Select(async order =>
        {
            await slots.TakeAsync(order, CancellationToken.None);
            served.Enqueue(order);
        }));

        Assert.Contains(orders[7], served.Take(3));
    }

    [Fact]
    public async Task While_a_sender_is_halted_its_orders_come_back_with_the_reason_and_other_senders_go_on()
    {
        var (slots, attempts) = ledger.Open(new() { MinInterval = TimeSpan.Zero });
        using var _ = slots;
        var first = Order.Text("Bonjour");
        var taken = Assert.IsType<Turn.Taken>(await slots.TakeAsync(first, CancellationToken.None));
        await attempts.RecordAsync(first, taken.Claim, new SendResult.Refused("20429", TimeSpan.FromMinutes(1)));

        var next = Order.Text("Bonjour") with { From = first.From };
        var returned = Assert.IsType<Turn.Returned>(await slots.TakeAsync(next, CancellationToken.None));

        Assert.Equal("20429", returned.ErrorCode);
        Assert.InRange(returned.NotBefore!.Value, next.ExpiresAt, Clock.GetUtcNow().AddMinutes(1));
        Assert.IsType<Turn.Taken>(await slots.TakeAsync(Order.Text("Bonjour"), CancellationToken.None));
    }

    /// <summary>Four workers make as many calls as there are delays, each as long as one of them; in their order.</summary>
    private async Task<List<(long Begun, long Ended)>> CallAsync(
        SendingOptions options, int[] delays, string? from = null)
    {
        var sender = from ?? Order.Number();
        var waiting = new ConcurrentQueue<int>(delays);
        var calls = new ConcurrentBag<(long Begun, long Ended)>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var (slots, attempts) = ledger.Open(options);
            using (slots)
            {
                while (waiting.TryDequeue(out var delay))
                {
                    var order = Order.Text("Bonjour") with { From = sender };
                    var turn = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None));
                    var begun = Clock.GetTimestamp();
                    await Task.Delay(TimeSpan.FromMilliseconds(delay), Clock);
                    calls.Add((begun, Clock.GetTimestamp()));
                    await attempts.RecordAsync(order, turn.Claim, new SendResult.Accepted("SM1"));
                }
            }
        }));
        return [.. calls.OrderBy(call => call.Begun)];
    }

    private async Task<List<DateTimeOffset>> StartsAsync(string sender)
    {
        var starts = new List<DateTimeOffset>();
        await using var command = ledger.Database.Command(
            "select claimed_at from send_attempts where sender = $1 order by 1", sender);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            starts.Add(row.GetFieldValue<DateTimeOffset>(0));
        }

        return starts;
    }

    private static int BusiestSecond(List<DateTimeOffset> starts) =>
        starts.Max(from => starts.Count(start => start >= from && start < from + TimeSpan.FromSeconds(1)));
}
