namespace Services.Campaigns;

/// <summary>A campaign's messages in each of the four books, at the instant of a check.</summary>
/// <param name="Ledger">Null if Messaging was away.</param>
/// <param name="Provider">Null if nobody could read the provider's list.</param>
/// <param name="Counters">As they were before a correction.</param>
internal sealed record BookNumbers(
    LedgerNumbers? Ledger, ProviderNumbers? Provider, StatusNumbers Rows, StatusNumbers Counters)
{
    public static BookNumbers operator +(BookNumbers one, BookNumbers other) => new(
        one.Ledger is null || other.Ledger is null ? null : one.Ledger + other.Ledger,
        one.Provider is null || other.Provider is null ? null : one.Provider + other.Provider,
        one.Rows + other.Rows, one.Counters + other.Counters);
}

/// <summary>Messages that Messaging was ordered to send, tests included.</summary>
/// <param name="Accepted">By the provider.</param>
/// <param name="Open">Whose outcome is awaited.</param>
internal sealed record LedgerNumbers(long Messages, long Accepted, long Open)
{
    public static LedgerNumbers operator +(LedgerNumbers one, LedgerNumbers other) =>
        new(one.Messages + other.Messages, one.Accepted + other.Accepted, one.Open + other.Open);
}

/// <summary>The ledger's accepted messages, tests included, looked for in the provider's list.</summary>
/// <param name="Since">Older ones were not looked for.</param>
internal sealed record ProviderNumbers(DateTimeOffset Since, long Found, long Missing)
{
    public static ProviderNumbers operator +(ProviderNumbers one, ProviderNumbers other) => new(
        one.Since < other.Since ? one.Since : other.Since, one.Found + other.Found, one.Missing + other.Missing);
}

/// <summary>
/// Message 1 and Message 2 together; <see cref="Sent"/>, <see cref="Delivered"/> and <see cref="Read"/> are cumulative,
/// as in the statistics.
/// </summary>
/// <param name="Queued">Ordered, or with an outcome that is being verified.</param>
/// <param name="TestsSent">Previews that were sent; the counters leave them out.</param>
internal sealed record StatusNumbers(
    long Total, long Pending, long Queued, long Retrying, long Sent, long Delivered, long Read, long Failed,
    long Cancelled, long Skipped, long Replies, long TestsSent)
{
    public static StatusNumbers Of(Counters counters)
    {
        var (one, two) = (counters.Of(MessageKind.Message1), counters.Of(MessageKind.Message2));
        return new(
            one.Total + two.Total, In(MessageStatus.Pending), In(MessageStatus.Queued) + In(MessageStatus.Sending),
            In(MessageStatus.Retrying), one.Sent + two.Sent, one.Delivered + two.Delivered, In(MessageStatus.Read),
            In(MessageStatus.Failed), In(MessageStatus.Cancelled), In(MessageStatus.Skipped),
            one.Replied + two.Replied, counters.Of(MessageKind.Test).Sent);

        long In(MessageStatus status) => one[status] + two[status];
    }

    public static StatusNumbers operator +(StatusNumbers one, StatusNumbers other) => new(
        one.Total + other.Total, one.Pending + other.Pending, one.Queued + other.Queued, one.Retrying + other.Retrying,
        one.Sent + other.Sent, one.Delivered + other.Delivered, one.Read + other.Read, one.Failed + other.Failed,
        one.Cancelled + other.Cancelled, one.Skipped + other.Skipped, one.Replies + other.Replies,
        one.TestsSent + other.TestsSent);
}
