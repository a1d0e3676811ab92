using Contracts;
using FsCheck.Fluent;
using ServiceDefaults;

namespace Services.Messaging.Tests;

public sealed class SendAttemptsTests(Ledger ledger) : IClassFixture<Ledger>
{
    private static readonly SendingOptions Fast = new() { RatePerSecond = 1000 };

    [Fact]
    public async Task A_report_that_names_the_person_only_waits_for_the_call_to_them_that_is_under_way()
    {
        var order = Order.Text("Bonjour");
        var (slots, attempts) = ledger.Open(new());
        using var owned = slots;
        var claim = Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None)).Claim;
        var report = new StatusChanged
        {
            Provider = "twilio",
            ProviderMessageId = $"SM{Guid.NewGuid():N}",
            Recipient = order.To,
            Status = DeliveryStatus.Failed,
            ReceivedAt = TimeProvider.System.GetUtcNow(),
        };

        await Assert.ThrowsAsync<TooEarlyException>(() => attempts.FindOpenAsync(report, CancellationToken.None));
        await attempts.RecordAsync(order, claim, new SendResult.Accepted(report.ProviderMessageId));

        Assert.Null(await attempts.FindOpenAsync(report, CancellationToken.None));
        Assert.Equal(
            order.MessageId,
            (await attempts.FindAsync(report, [AttemptState.Accepted], CancellationToken.None))?.MessageId);
    }

    [Fact]
    public async Task What_provably_was_not_sent_leaves_no_trace_and_its_number_can_be_used_again()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        var order = Order.Text("Bonjour");
        var claim = await ClaimAsync(slots, order);

        await attempts.RecordAsync(order, claim, new SendResult.NotSent("too late", Connected: true));

        Assert.Equal(["MessageReturned"], await ledger.SaidAsync(order.MessageId, 1));
        await attempts.RecordAsync(order, await ClaimAsync(slots, order), new SendResult.Accepted("SM1"));
        Assert.Equal(["MessageReturned", "MessageAccepted"], await ledger.SaidAsync(order.MessageId, 1));
    }

    [Fact]
    public async Task What_was_given_up_for_unknown_and_provably_was_not_sent_is_absent()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        var order = Order.Text("Bonjour");
        var claim = await ClaimAsync(slots, order);
        await attempts.SettleAsync(
            await FindAsync(attempts, order),
            new(AttemptState.Unknown, AttemptState.Claimed) { Reason = "frozen" }, CancellationToken.None);

        await attempts.RecordAsync(order, claim, new SendResult.NotSent("too late", Connected: true));

        Assert.Equal(["OutcomeUnknown", "MessageDeferred"], await ledger.SaidAsync(order.MessageId, 1));
    }

    [Fact]
    public async Task An_answer_is_recorded_only_under_the_claim_it_belongs_to()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        var order = Order.Text("Bonjour");
        var claim = await ClaimAsync(slots, order);

        await attempts.RecordAsync(order, claim with { Id = Guid.NewGuid() }, new SendResult.Refused("63016"));

        Assert.Empty(await ledger.SaidAsync(order.MessageId, 1));
    }

    [Fact]
    public async Task The_number_is_kept_only_as_long_as_the_outcome_is_open()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        var order = Order.Text("Bonjour");
        await attempts.RecordAsync(order, await ClaimAsync(slots, order), new SendResult.Unknown("no answer"));
        var unknown = await FindAsync(attempts, order);

        var settled = await attempts.SettleAsync(
            unknown, new(AttemptState.Accepted, AttemptState.Unknown) { ProviderMessageId = "SM2" },
            CancellationToken.None);

        Assert.Equal((order.To, ""), (unknown.Recipient, settled!.Recipient));
    }

    [Fact]
    public async Task The_words_are_kept_only_as_long_as_the_outcome_is_open()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        SendResult[] results =
        [
            new SendResult.Accepted("SM3"), new SendResult.Refused("63016"), new SendResult.Refused("20429"),
            new SendResult.Unknown("no answer"), new SendResult.NotSent("too late", Connected: true),
        ];
        foreach (var result in results)
        {
            var order = Order.Text("Bonjour") with { From = Order.Number() };
            var claim = await ClaimAsync(slots, order);
            Assert.Equal(1, await WordsAsync(order));

            await attempts.RecordAsync(order, claim, result);

            Assert.Equal(result is SendResult.Unknown ? 1 : 0, await WordsAsync(order));
        }

        async Task<long> WordsAsync(SendMessage order)
        {
            await using var command = ledger.Database.Command(
                "select count(*) from send_attempts where message_id = $1 and parts = '{Bonjour}'", order.MessageId);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    /// <summary>What can befall a message, in any order and as often as it likes.</summary>
    private enum Event
    {
        Order, Accept, Refuse, Lose, NotSend, GiveUp, ReportSent, ReportFailed, ConcludeAbsence,
    }

    [Fact]
    public async Task Whatever_happens_one_attempt_at_most_is_out_and_each_gets_one_verdict_at_most()
    {
        var (slots, attempts) = ledger.Open(Fast);
        using var _ = slots;
        var histories = Gen.Elements(Enum.GetValues<Event>()).ListOf(14).Sample(60);

        foreach (var history in histories)
        {
            var order = Order.Text("Bonjour");
            var claims = new Dictionary<int, Claim>();
            foreach (var happening in history)
            {
                await ApplyAsync(happening);
                Assert.InRange(await CountOutAsync(order.MessageId), 0, 1);
            }

            foreach (var attempt in Enumerable.Range(1, order.Attempt))
            {
                var said = await ledger.SaidAsync(order.MessageId, attempt);
                var verdicts = said.Count(type => type is nameof(MessageRejected) or nameof(MessageDeferred));
                var because = $"{string.Join(' ', history)}: {string.Join(' ', said)}";
                Assert.True(verdicts <= 1, because);
                Assert.True(said.Count(type => type == nameof(OutcomeUnknown)) <= 1, because);
                Assert.True(said.Count(type => type == nameof(MessageAccepted)) <= 1, because);
            }

            async Task ApplyAsync(Event happening)
            {
                var report = new StatusChanged
                {
                    Provider = "twilio",
                    ProviderMessageId = $"SM{order.Attempt}",
                    MessageId = order.MessageId,
                    Attempt = order.Attempt,
                    Status = DeliveryStatus.Sent,
                    ReceivedAt = TimeProvider.System.GetUtcNow(),
                };
                var now = await attempts.FindAsync(report, Enum.GetValues<AttemptState>(), CancellationToken.None);
                switch (happening)
                {
                    case Event.Order:
                        var next = now?.State is AttemptState.Refused or AttemptState.Failed or AttemptState.Absent
                            || Random.Shared.Next(4) == 0
                            ? order with { Attempt = order.Attempt + 1 }
                            : order;
                        if (await slots.TakeAsync(next, CancellationToken.None) is Turn.Taken(var claim))
                        {
                            (order, claims[next.Attempt]) = (next, claim);
                        }

                        break;
                    case Event.Accept:
                        await RecordAsync(new SendResult.Accepted(report.ProviderMessageId));
                        break;
                    case Event.Refuse:
                        await RecordAsync(new SendResult.Refused("63016"));
                        break;
                    case Event.Lose:
                        await RecordAsync(new SendResult.Unknown("HTTP 500"));
                        break;
                    case Event.NotSend:
                        await RecordAsync(new SendResult.NotSent("too late", Connected: true));
                        break;
                    case Event.GiveUp when now is not null:
                        await attempts.SettleAsync(now, new(AttemptState.Unknown, AttemptState.Claimed)
                        {
                            Reason = "died",
                        }, CancellationToken.None);
                        break;
                    case Event.ReportSent when now is not null:
                        await attempts.SettleAsync(now, new(
                            AttemptState.Accepted, AttemptState.Claimed, AttemptState.Unknown)
                        {
                            ProviderMessageId = report.ProviderMessageId,
                        }, CancellationToken.None);
                        break;
                    case Event.ReportFailed when now is not null:
                        await attempts.FailAsync(now, report.ProviderMessageId, "63009", CancellationToken.None);
                        break;
                    case Event.ConcludeAbsence when now is not null:
                        await attempts.SettleAsync(now, new(AttemptState.Absent, AttemptState.Unknown)
                        {
                            NotBefore = TimeProvider.System.GetUtcNow(),
                        }, CancellationToken.None);
                        break;
                }

                Task RecordAsync(SendResult result) => claims.TryGetValue(order.Attempt, out var claim)
                    ? attempts.RecordAsync(order, claim, result)
                    : Task.CompletedTask;
            }
        }
    }

    private static async Task<Claim> ClaimAsync(SendSlots slots, SendMessage order) =>
        Assert.IsType<Turn.Taken>(await slots.TakeAsync(order, CancellationToken.None)).Claim;

    private static async Task<SendAttempt> FindAsync(SendAttempts attempts, SendMessage order) =>
        (await attempts.FindAsync(
            new()
            {
                Provider = "twilio",
                ProviderMessageId = "SM1",
                MessageId = order.MessageId,
                Attempt = order.Attempt,
                Status = DeliveryStatus.Sent,
                ReceivedAt = TimeProvider.System.GetUtcNow(),
            }, Enum.GetValues<AttemptState>(), CancellationToken.None))!;

    private async Task<long> CountOutAsync(Guid messageId)
    {
        await using var command = ledger.Database.Command("""
            select count(*) from send_attempts
            where message_id = $1 and state in ('claimed', 'unknown', 'accepted')
            """, messageId);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
