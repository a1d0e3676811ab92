using Contracts;

namespace Services.Campaigns;

/// <summary>A message as its row has it.</summary>
internal sealed record RowEntry(Guid Id, MessageStatus Status, int Attempts, DateTimeOffset? ChangedAt)
{
    /// <summary>The row says that the provider accepted it.</summary>
    public bool IsSent => Status is MessageStatus.Sent or MessageStatus.Delivered or MessageStatus.Read;

    /// <summary>The row says that the order is out, or that its outcome is being verified.</summary>
    public bool IsOpen => Status is MessageStatus.Queued or MessageStatus.Sending;
}

/// <summary>One message in both books. Arithmetic, no I/O.</summary>
/// <param name="Row">Null: there is none.</param>
/// <param name="Attempts">All that the ledger has, in order.</param>
internal sealed record Comparison(Guid MessageId, RowEntry? Row, IReadOnlyList<LedgerEntry> Attempts)
{
    private const string Accepted = "accepted";

    public bool IsAccepted => Attempts.Any(attempt => attempt.State is Accepted);

    public bool IsOpen => Attempts.Any(attempt => attempt.State is "claimed" or "unknown");

    /// <summary>Null if the books agree.</summary>
    public Difference? Find() => FindKind() is not { } kind ? null : new(
        kind, MessageId,
        Attempts.LastOrDefault(attempt => attempt.ProviderMessageId is not null)?.ProviderMessageId,
        Row is null ? null : Named(Row.Status),
        Attempts.Count == 0
            ? null
            : string.Join(", ", Attempts.Select(attempt => $"{attempt.Attempt}: {attempt.State}")));

    /// <summary>Something has changed so lately that one book may not have heard of it.</summary>
    public bool IsMoving(DateTimeOffset since) =>
        Row?.ChangedAt >= since || Attempts.Any(attempt => attempt.ChangedAt >= since);

    private DifferenceKind? FindKind() => Attempts.Count(attempt => attempt.State is Accepted) switch
    {
        > 1 => DifferenceKind.AcceptedTwice,
        1 when Row is not { IsSent: true } => DifferenceKind.AcceptedButNotSent,
        1 when IsOpen => DifferenceKind.OpenInLedger,
        1 => null,
        _ when IsOpen => Row is { IsOpen: true } ? null : DifferenceKind.OpenInLedger,
        _ when Row is { IsSent: true } => ArrivedAfterAll ? null : DifferenceKind.SentWithoutAcceptance,
        _ when Row is { IsOpen: true } && !IsAwaited => DifferenceKind.OpenInRow,
        _ => null,
    };

    // The provider reported a failure, and later a delivery: the row believes the delivery.
    private bool ArrivedAfterAll => Row!.Status is not MessageStatus.Sent
        && Attempts.Any(attempt => attempt is { State: "failed", ProviderMessageId: not null });

    // The order is on its way to the ledger, which knows earlier attempts at most.
    private bool IsAwaited => Row!.Status is MessageStatus.Queued
        && Attempts.All(attempt => attempt.Attempt < Row.Attempts);

    internal static string Named(MessageStatus status) => status.ToString().ToLowerInvariant();
}
