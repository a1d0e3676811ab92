using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;
using static Services.Campaigns.Tests.AnyReports;

namespace Services.Campaigns.Tests;

public class CampaignMessageTests
{
    [Fact]
    public void The_final_status_depends_neither_on_the_order_nor_on_the_number_of_the_reports() =>
        Prop.ForAll(Arb.From(
            from attempt in Gen.Choose(1, 3)
            from reports in Of(attempt)
            from first in Disordered(reports)
            from second in Disordered(reports)
            select (attempt, reports, first, second)), history =>
        {
            var (one, other) = (Ordered(history.attempt), Ordered(history.attempt));
            Play(one, history.first);
            Play(other, history.second);
            return one.Status == TruthOf(history.reports) && other.Status == one.Status;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void By_whichever_of_two_ids_each_report_names_the_message_the_end_is_the_same() =>
        Prop.ForAll(Arb.From(
            from statuses in Gen.SubListOf<DeliveryStatus>(
                DeliveryStatus.Queued, DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read)
            from told in Disordered([.. statuses.Select(status => Status(null, status))])
            from byTheOther in Gen.Elements(true, false).ArrayOf(told.Length)
            select (told, byTheOther)), history =>
        {
            var message = Ordered(1);
            Play(message, Accepted(1));
            foreach (var (report, other) in history.told.Cast<MessageReport.Status>().Zip(history.byTheOther))
            {
                message.Apply(other
                    ? report with { ProviderMessageId = "wamid", AlternativeId = report.ProviderMessageId }
                    : report with { AlternativeId = "wamid" });
            }

            return message.Status == TruthOf([Accepted(1), .. history.told])
                && message.ProviderMessageId == Sid(1)
                && message.AlternativeMessageId == (history.told.Length == 0 ? null : "wamid");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_history_that_is_told_again_changes_nothing() =>
        Prop.ForAll(Arb.From(
            from attempt in Gen.Choose(1, 3)
            from reports in Of(attempt)
            from first in Disordered(reports)
            from again in Disordered(reports)
            select (attempt, first, again)), history =>
        {
            var message = Ordered(history.attempt);
            Play(message, history.first);
            var before = Snapshot(message);
            return !history.again.Any(message.Apply) && Snapshot(message) == before;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Over_several_attempts_the_last_one_decides_whatever_is_still_told_of_the_others() =>
        Prop.ForAll(Arb.From(Lives), life =>
        {
            var message = Waiting();
            foreach (var told in life.Told)
            {
                message.Apply(new MessageReport.Queued(At(15), At(0)));
                Play(message, told);
            }

            return message.Status == TruthOf(life.Last) && message.Attempts == life.Told.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_delivered_stays_delivered_and_what_is_read_stays_read() =>
        Prop.ForAll(Arb.From(Anything.ArrayOf()), reports =>
        {
            var message = Waiting();
            return reports.All(report =>
            {
                var before = message.Status;
                message.Apply(report);
                return before switch
                {
                    MessageStatus.Read => message.Status is MessageStatus.Read,
                    MessageStatus.Delivered => message.Status is MessageStatus.Delivered or MessageStatus.Read,
                    _ => true,
                };
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_report_that_tells_nothing_new_changes_nothing_and_one_that_does_says_so() =>
        Prop.ForAll(Arb.From(Anything.ArrayOf()), reports =>
        {
            var message = Waiting();
            return reports.All(report =>
            {
                var before = Snapshot(message);
                return message.Apply(report) == (Snapshot(message) != before);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_told_of_an_older_attempt_changes_nothing_of_the_newer_one_but_a_delivery() =>
        Prop.ForAll(Arb.From(
            from attempt in Gen.Choose(2, 4)
            from older in Gen.Choose(1, attempt - 1)
            from reports in Of(attempt)
            from late in Gen.Elements<MessageReport>(
                Accepted(older), Rejected(older), Deferred(older), Unknown(older), Unconfirmed(older), Absent(older),
                new MessageReport.Returned(older, null, null, At(9)),
                Status(older, DeliveryStatus.Queued), Status(older, DeliveryStatus.Sent),
                Status(older, DeliveryStatus.Failed))
            select (attempt, reports, late)), history =>
        {
            var message = Ordered(history.attempt);
            Play(message, history.reports);
            var before = SnapshotWithoutTimeline(message);
            message.Apply(history.late);
            return SnapshotWithoutTimeline(message) == before;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_status_under_an_older_attempts_id_alone_leaves_the_newer_attempt_open()
    {
        var message = Ordered(1);
        Play(message, Accepted(1), Deferred(1));
        message.Apply(new MessageReport.Queued(At(200), At(190)));

        message.Apply(new MessageReport.Status(null, DeliveryStatus.Sent, Sid(1), At(195)));

        Assert.Equal((MessageStatus.Queued, 2), (message.Status, message.Attempts));
        Assert.Contains(message.Timeline, entry => entry is { Event: "sent", Attempt: 1 });
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void What_was_given_up_and_is_told_late_to_be_out_is_sent_and_waits_for_no_retry(
        bool unconfirmed, bool retried)
    {
        var message = Ordered(1);
        Play(message, Unknown(1), unconfirmed ? Unconfirmed(1) : Absent(1));
        Assert.Equal(unconfirmed ? MessageStatus.Failed : MessageStatus.Retrying, message.Status);
        Play(message, retried ? [new MessageReport.RetryRequested(At(200))] : []);

        Assert.True(message.Apply(Status(1, DeliveryStatus.Sent)));

        Assert.Equal((MessageStatus.Sent, 1, Sid(1)), (message.Status, message.Attempts, message.ProviderMessageId));
        Assert.Null(message.ErrorCode);
        Assert.Null(message.FailedAt);
        Assert.Null(message.NextAttemptAt);
        Assert.NotNull(message.SentAt);
    }

    [Fact]
    public void Of_a_retry_that_came_back_unsent_the_attempt_before_it_may_still_turn_out_to_be_out()
    {
        var message = Ordered(1);
        Play(message, Unknown(1), Unconfirmed(1), new MessageReport.RetryRequested(At(200)));
        Play(message, new MessageReport.Queued(At(220), At(210)), Accepted(1));
        Assert.Equal((MessageStatus.Queued, 2), (message.Status, message.Attempts)); // this one may be out as well

        Play(message, new MessageReport.Returned(2, At(230), null, At(220)), Accepted(1));

        Assert.Equal((MessageStatus.Sent, 1), (message.Status, message.Attempts));
    }

    [Fact]
    public void The_true_reason_of_a_failure_takes_the_place_of_unconfirmed()
    {
        var message = Ordered(1);
        Play(message, Unknown(1), Unconfirmed(1), Rejected(1));

        Assert.Equal((MessageStatus.Failed, "63024"), (message.Status, message.ErrorCode));
        Assert.False(message.Apply(Unconfirmed(1)));
        message.Apply(Accepted(1)); // it was, before it failed
        Assert.Equal((MessageStatus.Failed, "63024"), (message.Status, message.ErrorCode));
    }

    [Fact]
    public void The_timeline_never_says_the_same_twice() =>
        Prop.ForAll(Arb.From(Anything.ArrayOf()), reports =>
        {
            var message = Waiting();
            Play(message, reports);
            var said = message.Timeline.ConvertAll(entry => (entry.Event, entry.Attempt, entry.Detail));
            return said.Distinct().Count() == said.Count;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData(3600)]
    public void The_number_of_an_attempt_that_was_handed_back_is_used_again(int? wait)
    {
        var message = Ordered(2);
        var notBefore = wait is { } seconds ? At(seconds) : (DateTimeOffset?)null;

        Assert.True(message.Apply(new MessageReport.Returned(2, notBefore, null, At(150))));
        Assert.Equal((MessageStatus.Retrying, 1, 1), (message.Status, message.Attempts, message.RetriesUsed));
        Assert.Equal(notBefore ?? At(150), message.NextAttemptAt);

        Assert.True(message.Apply(new MessageReport.Queued(At(175), At(160))));
        Assert.Equal((MessageStatus.Queued, 2, 1), (message.Status, message.Attempts, message.RetriesUsed));
    }

    [Fact]
    public void Each_failed_attempt_uses_up_a_retry_and_one_that_never_took_place_none() =>
        Prop.ForAll(Arb.From(Gen.Elements<string?>("63018", "20429", null).ArrayOf()), codes =>
        {
            var message = Waiting();
            foreach (var code in codes)
            {
                message.Apply(new MessageReport.Queued(At(15), At(0)));
                message.Apply(Deferred(message.Attempts, code));
            }

            return message.Attempts == codes.Length && message.RetriesUsed == codes.Count(code => code is not null);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_a_failed_message_is_retried_by_hand_with_all_its_retries() =>
        Prop.ForAll(Arb.From(Anything.ArrayOf()), reports =>
        {
            var message = Waiting();
            Play(message, reports);
            var (before, status, attempts) = (Snapshot(message), message.Status, message.Attempts);
            return message.Apply(new MessageReport.RetryRequested(At(20_000)))
                ? status is MessageStatus.Failed
                    && message is { Status: MessageStatus.Retrying, RetriesUsed: 0, FailedAt: null }
                    && message.NextAttemptAt == At(20_000) && message.Attempts == attempts
                : status is not MessageStatus.Failed && Snapshot(message) == before;
        }).QuickCheckThrowOnFailure();

    /// <summary>Attempts of which all but the last were deferred, each with stragglers of those before it.</summary>
    private static Gen<(IReadOnlyList<MessageReport[]> Told, MessageReport[] Last)> Lives =>
        from count in Gen.Choose(1, 4)
        from failed in Sequence(Enumerable.Range(1, count - 1).Select(OfDeferred))
        from last in Of(count)
        from told in Sequence(failed.Append(last).Select((reports, index) =>
            from late in Gen.SubListOf(failed.Take(index).SelectMany(earlier => earlier))
            from disordered in Disordered([.. reports, .. late])
            select disordered))
        select ((IReadOnlyList<MessageReport[]>)told, last);

    private static Gen<List<T>> Sequence<T>(IEnumerable<Gen<T>> generators) => generators.Aggregate(
        Gen.Constant(new List<T>()),
        (all, next) => from items in all from item in next select new List<T>([.. items, item]));

    private static void Play(CampaignMessage message, params IEnumerable<MessageReport> reports)
    {
        foreach (var report in reports)
        {
            message.Apply(report);
        }
    }

    /// <summary>The order for this attempt is out; those before it failed.</summary>
    private static CampaignMessage Ordered(int attempt)
    {
        var message = Waiting();
        for (var number = 1; number < attempt; number++)
        {
            Play(message, new MessageReport.Queued(At(15), At(0)), Deferred(number));
        }

        message.Apply(new MessageReport.Queued(At(15), At(0)));
        return message;
    }

    private static CampaignMessage Waiting() => new()
    {
        Id = Guid.Empty,
        CampaignId = Guid.Empty,
        Kind = MessageKind.Message1,
        Phone = "+33612345678",
    };

    private static string Snapshot(CampaignMessage message) => JsonSerializer.Serialize(message);

    private static string SnapshotWithoutTimeline(CampaignMessage message) => JsonSerializer.Serialize(new
    {
        message.Status,
        message.Attempts,
        message.RetriesUsed,
        message.NextAttemptAt,
        message.ProviderMessageId,
        message.ErrorCode,
        message.SentAt,
        message.DeliveredAt,
        message.ReadAt,
        message.FailedAt,
    });
}
