using System.Text.Json.Serialization;

namespace Frontend;

/// <summary>
/// A campaign in numbers, of Message 1; <paramref name="Sent"/>, <paramref name="Delivered"/> and
/// <paramref name="Read"/> include each other.
/// </summary>
/// <param name="RatePerSecond">Measured over the last minute.</param>
public sealed record CampaignStats(
    Guid CampaignId, CampaignStatus Status, long Total, long Pending, long Queued, long Sent, long Delivered, long Read,
    long Failed, long Retrying, long Cancelled, long Skipped, long Replies, Message2Stats Message2, Rates Rates,
    double RatePerSecond, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? EstimatedFinishAt)
{
    /// <summary>People for whom nothing more will leave.</summary>
    public long Done => Sent + Failed + Cancelled + Skipped;

    /// <summary>How many messages are in each status now; together they are the total.</summary>
    [JsonIgnore]
    public IReadOnlyList<(MessageStatus Status, long Count)> ByStatus =>
    [
        (MessageStatus.Read, Read), (MessageStatus.Delivered, Delivered - Read), (MessageStatus.Sent, Sent - Delivered),
        (MessageStatus.Failed, Failed), (MessageStatus.Skipped, Skipped), (MessageStatus.Cancelled, Cancelled),
        (MessageStatus.Retrying, Retrying), (MessageStatus.Queued, Queued), (MessageStatus.Pending, Pending),
    ];
}

public sealed record Message2Stats(long Total, long Sent, long Delivered, long Read, long Failed);

/// <summary>Shares from 0 to 1.</summary>
public sealed record Rates(double Delivery, double Read, double Reply, double Failure);

/// <summary>GET /api/stats/overview: all campaigns.</summary>
public sealed record Overview(OverviewTotals Totals, IReadOnlyList<OverviewDay> Days);

/// <param name="Open">Not sent yet.</param>
public sealed record OverviewTotals(
    long Total, long Open, long Sent, long Delivered, long Read, long Failed, long Cancelled, long Skipped,
    long Replies, Rates Rates);

/// <param name="Date">In the zone that was asked for.</param>
public sealed record OverviewDay(DateOnly Date, long Sent, long Delivered, long Read, long Failed, long Replies);

/// <summary>GET /api/stats/books: whether what was sent and what was counted agree.</summary>
/// <param name="CheckedAt">Null: never yet.</param>
public sealed record Books(
    DateTimeOffset? CheckedAt, bool Running, BooksOverall Overall, IReadOnlyList<CampaignBooks> Campaigns,
    Strays? Strays);

public sealed record BooksOverall(long Differences);

public sealed record CampaignBooks(
    Guid CampaignId, string Name, DateTimeOffset CheckedAt, long DifferenceCount,
    IReadOnlyList<BooksDifference> Differences);

/// <param name="Text">What it means, in the caller's language.</param>
public sealed record BooksDifference(string Kind, string Text, Guid? MessageId, string? Counter);

/// <summary>What the provider has and we have not sent.</summary>
public sealed record Strays(long Total);
