using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class CampaignStatsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Property_12_Statistics_are_calculated_alike_for_every_campaign() =>
        Prop.ForAll(Arb.From(Numbers), numbers =>
        {
            var stats = Stats(numbers);
            var (one, two) = (stats, stats.Message2);
            return one.Total == one.Pending + one.Queued + one.Retrying + one.Sent + one.Failed + one.Cancelled
                    + one.Skipped
                && one.Total >= one.Sent && one.Sent >= one.Delivered && one.Delivered >= one.Read
                && two.Total >= two.Sent && two.Sent >= two.Delivered && two.Delivered >= two.Read
                && one.Total == CountOf(numbers, MessageKind.Message1)
                && two.Total == CountOf(numbers, MessageKind.Message2)
                && IsShare(one.Rates.Delivery, one.Delivered, one.Sent)
                && IsShare(one.Rates.Read, one.Read, one.Delivered)
                && IsShare(one.Rates.Reply, one.Replies, one.Delivered)
                && IsShare(one.Rates.Failure, one.Failed, one.Total);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_12_A_message_that_moves_on_leaves_the_total_as_it_is() =>
        Prop.ForAll(Arb.From(Numbers), Arb.From(Statuses), Arb.From(Statuses), (numbers, was, becomes) =>
        {
            return Stats(OneMoreIn(was)).Total == Stats(OneMoreIn(becomes)).Total;

            Dictionary<(MessageKind, short), long> OneMoreIn(MessageStatus status)
            {
                var key = (MessageKind.Message1, (short)status);
                return new(numbers) { [key] = numbers.GetValueOrDefault(key) + 1 };
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Before_anything_is_counted_everything_is_zero()
    {
        var stats = Stats(new());

        Assert.Equal(new(0, 0, 0, 0), stats.Rates);
        Assert.Equal(new(0, 0, 0, 0, 0), stats.Message2);
        Assert.Equal((0, 0, 0), (stats.Total, stats.Sent, stats.Replies));
    }

    private static Gen<MessageStatus> Statuses => Gen.Elements(Enum.GetValues<MessageStatus>());

    private static Gen<Dictionary<(MessageKind, short), long>> Numbers => Counters.ArrayOf().Select(counters =>
        counters.GroupBy(counter => counter.Key).ToDictionary(group => group.Key, group => group.First().N));

    private static Gen<((MessageKind, short) Key, long N)> Counters =>
        from kind in Gen.Elements(MessageKind.Message1, MessageKind.Message2)
        from status in Gen.Elements(Enum.GetValues<MessageStatus>().Select(value => (short)value)
            .Append(MessageRows.RepliedCounter))
        from n in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 5), Gen.Choose(1, 2_000_000))
        select ((kind, status), (long)n);

    private static CampaignStats Stats(Dictionary<(MessageKind, short), long> numbers) =>
        CampaignStats.Of(CampaignTests.Draft(Now), new(numbers), 0, null);

    private static long CountOf(Dictionary<(MessageKind Kind, short Status), long> numbers, MessageKind kind) => numbers
        .Where(number => number.Key.Kind == kind && number.Key.Status != MessageRows.RepliedCounter)
        .Sum(number => number.Value);

    private static bool IsShare(double rate, long part, long whole) => rate is >= 0 and <= 1
        && (whole == 0 ? rate == 0 : Math.Abs(rate - Math.Min(1, (double)part / whole)) <= 0.00005);
}
