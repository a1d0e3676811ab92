using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

/// <summary>What can truly be said of a message, in any order and as often as it comes.</summary>
internal static class AnyReports
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// All that is reported of one attempt: at most one verdict and one guess, and what callbacks tell.
    /// </summary>
    public static Gen<MessageReport[]> Of(int attempt) =>
        from verdict in Gen.Elements<MessageReport?>(null, Rejected(attempt), Deferred(attempt))
        from guess in Gen.Elements<MessageReport?>(null, null, Unconfirmed(attempt), Absent(attempt))
        from reports in OfLife(attempt, DeliveryStatus.Queued, DeliveryStatus.Sent, DeliveryStatus.Failed,
            DeliveryStatus.Delivered, DeliveryStatus.Read)
        select (MessageReport[])
            [.. new[] { verdict, guess }.OfType<MessageReport>(), .. reports];

    /// <summary>The same of an attempt that failed, and after which another one was allowed.</summary>
    public static Gen<MessageReport[]> OfDeferred(int attempt) =>
        OfLife(attempt, DeliveryStatus.Queued, DeliveryStatus.Sent, DeliveryStatus.Failed)
            .Select(reports => (MessageReport[])[Deferred(attempt), .. reports]);

    /// <summary>Some of each of several attempts, and what people do meanwhile.</summary>
    public static Gen<MessageReport> Anything =>
        from attempt in Gen.Choose(1, 4)
        from at in Gen.Choose(0, 10_000)
        from report in Gen.Elements<MessageReport>(
            new MessageReport.Queued(At(at + 15), At(at)), new MessageReport.Queued(At(at + 15), At(at)),
            Accepted(attempt), Rejected(attempt), Deferred(attempt), Unknown(attempt), Unconfirmed(attempt),
            Absent(attempt), new MessageReport.Returned(attempt, null, null, At(at)),
            Status(attempt, DeliveryStatus.Queued), Status(attempt, DeliveryStatus.Sent),
            Status(attempt, DeliveryStatus.Failed), Status(attempt, DeliveryStatus.Delivered),
            Status(attempt, DeliveryStatus.Read), Status(null, DeliveryStatus.Sent),
            Status(null, DeliveryStatus.Delivered), new MessageReport.Replied(At(at)),
            new MessageReport.Skipped("opted_out", At(at)), new MessageReport.Cancelled(At(at)),
            new MessageReport.RetryRequested(At(at)))
        select report;

    /// <summary>In any order, some of them more than once.</summary>
    public static Gen<MessageReport[]> Disordered(IReadOnlyList<MessageReport> reports) =>
        from repeats in Gen.SubListOf<MessageReport>(reports)
        from disordered in Gen.Shuffle<MessageReport>([.. reports, .. repeats])
        select disordered;

    /// <summary>What is true after all that was reported of the latest attempt.</summary>
    public static MessageStatus TruthOf(IReadOnlyCollection<MessageReport> reports)
    {
        var told = reports.OfType<MessageReport.Status>().Select(status => status.Value).ToHashSet();
        return told.Contains(DeliveryStatus.Read) ? MessageStatus.Read
            : told.Contains(DeliveryStatus.Delivered) ? MessageStatus.Delivered
            : reports.Any(report => report is MessageReport.Rejected && !IsGuess(report)) ? MessageStatus.Failed
            : reports.Any(report => report is MessageReport.Deferred && !IsGuess(report)) ? MessageStatus.Retrying
            : reports.OfType<MessageReport.Accepted>().Any() || told.Contains(DeliveryStatus.Queued)
                || told.Contains(DeliveryStatus.Sent) ? MessageStatus.Sent
            : reports.OfType<MessageReport.Rejected>().Any() ? MessageStatus.Failed
            : reports.OfType<MessageReport.Deferred>().Any() ? MessageStatus.Retrying
            : reports.OfType<MessageReport.OutcomeUnknown>().Any() ? MessageStatus.Sending
            : MessageStatus.Queued;
    }

    public static MessageReport.Accepted Accepted(int attempt) => new(attempt, Sid(attempt), At(attempt * 100));

    public static MessageReport.Rejected Rejected(int attempt) => new(attempt, "63024", false, At((attempt * 100) + 1));

    /// <summary>No report came for a day.</summary>
    public static MessageReport.Rejected Unconfirmed(int attempt) =>
        new(attempt, CampaignMessage.Unconfirmed, false, At((attempt * 100) + 50));

    /// <summary>The provider's list did not have it.</summary>
    public static MessageReport.Deferred Absent(int attempt) => Deferred(attempt, null);

    public static MessageReport.Deferred Deferred(int attempt, string? code = "63018") =>
        new(attempt, code, At((attempt * 100) + 60), At((attempt * 100) + 1));

    public static MessageReport.OutcomeUnknown Unknown(int attempt) => new(attempt, "no answer", At(attempt * 100));

    public static MessageReport.Status Status(int? attempt, DeliveryStatus value) =>
        new(attempt, value, Sid(attempt ?? 1), At(((attempt ?? 1) * 100) + (int)value));

    public static string Sid(int attempt) => $"SM{attempt}";

    public static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    private static bool IsGuess(MessageReport report) => report is
        MessageReport.Rejected { ErrorCode: CampaignMessage.Unconfirmed } or MessageReport.Deferred { ErrorCode: null };

    private static Gen<MessageReport[]> OfLife(int attempt, params DeliveryStatus[] statuses) =>
        from told in Gen.SubListOf<DeliveryStatus>(statuses)
        from others in Gen.SubListOf<MessageReport>(Accepted(attempt), Unknown(attempt))
        select (MessageReport[])[.. others, .. told.Select(status => Status(attempt, status))];
}
