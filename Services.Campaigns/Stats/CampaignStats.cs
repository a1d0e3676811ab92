namespace Services.Campaigns;

/// <summary>
/// A campaign in numbers. Top-level counters count Message 1; <see cref="Sent"/>, <see cref="Delivered"/> and
/// <see cref="Read"/> are cumulative: a read message is also delivered and sent. So
/// <c>total = pending + queued + retrying + sent + failed + cancelled + skipped</c> and
/// <c>total ≥ sent ≥ delivered ≥ read</c>.
/// </summary>
/// <param name="Queued">Ordered, or at the provider with an outcome that is being verified.</param>
/// <param name="Sent">Accepted by the provider, and not failed later.</param>
/// <param name="Replies">Distinct people who replied.</param>
/// <param name="RatePerSecond">Measured over the last minute.</param>
internal sealed record CampaignStats(
    Guid CampaignId, CampaignStatus Status, long Total, long Pending, long Queued, long Sent, long Delivered, long Read,
    long Failed, long Retrying, long Cancelled, long Skipped, long Replies, CampaignStats.Message2Stats Message2,
    CampaignStats.StatsRates Rates, double RatePerSecond, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    DateTimeOffset? EstimatedFinishAt)
{
    internal sealed record Message2Stats(long Total, long Sent, long Delivered, long Read, long Failed);

    /// <summary>Shares from 0 to 1; a rate over zero is 0.</summary>
    /// <param name="Delivery">delivered / sent</param>
    /// <param name="Read">read / delivered</param>
    /// <param name="Reply">replies / delivered</param>
    /// <param name="Failure">failed / total</param>
    internal sealed record StatsRates(double Delivery, double Read, double Reply, double Failure);

    public static CampaignStats Of(Campaign campaign, Counters counters, double measuredRate, DateTimeOffset? estimate)
    {
        var (one, two) = (counters.Of(MessageKind.Message1), counters.Of(MessageKind.Message2));
        return new(
            campaign.Id, campaign.Status, one.Total, one[MessageStatus.Pending],
            one[MessageStatus.Queued] + one[MessageStatus.Sending], one.Sent, one.Delivered, one[MessageStatus.Read],
            one[MessageStatus.Failed], one[MessageStatus.Retrying], one[MessageStatus.Cancelled],
            one[MessageStatus.Skipped], one.Replied,
            new(two.Total, two.Sent, two.Delivered, two[MessageStatus.Read], two[MessageStatus.Failed]),
            RatesOf(one), measuredRate, campaign.StartedAt, campaign.FinishedAt, estimate);
    }

    public static StatsRates RatesOf(Counters.OfKind counters) => new(
        Share(counters.Delivered, counters.Sent), Share(counters[MessageStatus.Read], counters.Delivered),
        Share(counters.Replied, counters.Delivered), Share(counters[MessageStatus.Failed], counters.Total));

    // At most 1: a person may reply before the delivery is reported.
    private static double Share(long part, long whole) =>
        whole == 0 ? 0 : Math.Min(1, Math.Round((double)part / whole, 4));
}

/// <summary>How many messages stand in each status, as the counters' table has it.</summary>
internal sealed class Counters(IReadOnlyDictionary<(MessageKind Kind, short Status), long> numbers)
{
    public OfKind Of(MessageKind kind) => new(numbers, kind);

    internal readonly struct OfKind(
        IReadOnlyDictionary<(MessageKind Kind, short Status), long> numbers, MessageKind kind)
    {
        public long this[MessageStatus status] => numbers.GetValueOrDefault((kind, (short)status));

        public long Replied => numbers.GetValueOrDefault((kind, MessageRows.RepliedCounter));

        public long Delivered => this[MessageStatus.Delivered] + this[MessageStatus.Read];

        public long Sent => this[MessageStatus.Sent] + Delivered;

        /// <summary>What has not left yet, or may not have.</summary>
        public long Open => this[MessageStatus.Pending] + this[MessageStatus.Retrying] + this[MessageStatus.Queued]
            + this[MessageStatus.Sending];

        public long Total => Open + Sent + this[MessageStatus.Failed] + this[MessageStatus.Cancelled]
            + this[MessageStatus.Skipped];
    }
}
