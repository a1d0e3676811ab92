using FsCheck;
using FsCheck.Fluent;

namespace Frontend.Tests;

public sealed class CampaignStatsTests
{
    [Fact]
    public void Each_message_is_in_exactly_one_part_of_the_bar() => Prop.ForAll<PositiveInt[]>(numbers =>
    {
        var n = numbers.Select(number => (long)number.Get).Concat(Enumerable.Repeat(0L, 9)).Take(9).ToArray();
        // As the API counts: read within delivered within sent.
        var (read, delivered, sent) = (n[0], n[0] + n[1], n[0] + n[1] + n[2]);
        var stats = new CampaignStats(
            Guid.Empty, CampaignStatus.Running, sent + n[3..].Sum(), n[3], n[4], sent, delivered, read, n[5], n[6],
            n[7], n[8], 0, new(0, 0, 0, 0, 0), new(0, 0, 0, 0), 0, null, null, null);
        return stats.ByStatus.Sum(part => part.Count) == stats.Total
            && stats.ByStatus.All(part => part.Count >= 0)
            && stats.ByStatus.Select(part => part.Status).Distinct().Count() == stats.ByStatus.Count
            && stats.Done == stats.Total - n[3] - n[4] - n[6];
    }).QuickCheckThrowOnFailure();
}
