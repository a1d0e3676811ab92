using Contracts;

namespace Services.Campaigns.Tests;

public class ComparisonTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // The usual courses agree.
    [InlineData("pending 0", "", null)]
    [InlineData("queued 1", "", null)]
    [InlineData("queued 1", "claimed", null)]
    [InlineData("sending 1", "claimed", null)]
    [InlineData("sending 1", "unknown", null)]
    [InlineData("sent 1", "accepted", null)]
    [InlineData("delivered 1", "accepted", null)]
    [InlineData("read 2", "refused accepted", null)]
    [InlineData("retrying 1", "refused", null)]
    [InlineData("retrying 1", "absent", null)]
    [InlineData("queued 2", "failed", null)]
    [InlineData("failed 1", "failed", null)]
    [InlineData("failed 4", "refused refused refused refused", null)]
    [InlineData("cancelled 0", "", null)]
    [InlineData("skipped 0", "", null)]
    [InlineData("none", "refused", null)]
    // A delivery is reported after the failure.
    [InlineData("delivered 1", "failed", null)]
    [InlineData("read 2", "failed refused", null)]
    // The differences.
    [InlineData("sent 1", "", DifferenceKind.SentWithoutAcceptance)]
    [InlineData("delivered 1", "refused", DifferenceKind.SentWithoutAcceptance)]
    [InlineData("read 1", "absent", DifferenceKind.SentWithoutAcceptance)]
    [InlineData("sent 1", "failed", DifferenceKind.SentWithoutAcceptance)]
    [InlineData("none", "accepted", DifferenceKind.AcceptedButNotSent)]
    [InlineData("queued 1", "accepted", DifferenceKind.AcceptedButNotSent)]
    [InlineData("sending 1", "accepted", DifferenceKind.AcceptedButNotSent)]
    [InlineData("retrying 1", "accepted", DifferenceKind.AcceptedButNotSent)]
    [InlineData("failed 2", "refused accepted", DifferenceKind.AcceptedButNotSent)]
    [InlineData("sent 2", "accepted accepted", DifferenceKind.AcceptedTwice)]
    [InlineData("failed 2", "accepted accepted", DifferenceKind.AcceptedTwice)]
    [InlineData("sent 1", "claimed", DifferenceKind.OpenInLedger)]
    [InlineData("sent 2", "accepted unknown", DifferenceKind.OpenInLedger)]
    [InlineData("retrying 1", "unknown", DifferenceKind.OpenInLedger)]
    [InlineData("failed 1", "unknown", DifferenceKind.OpenInLedger)]
    [InlineData("cancelled 0", "claimed", DifferenceKind.OpenInLedger)]
    [InlineData("none", "unknown", DifferenceKind.OpenInLedger)]
    [InlineData("sending 1", "", DifferenceKind.OpenInRow)]
    [InlineData("sending 1", "refused", DifferenceKind.OpenInRow)]
    [InlineData("queued 1", "absent", DifferenceKind.OpenInRow)]
    [InlineData("queued 1", "failed", DifferenceKind.OpenInRow)]
    public void Row_and_ledger_are_judged_together(string row, string ledger, object? expected) =>
        Assert.Equal((DifferenceKind?)expected, Compare(row, ledger).Find()?.Kind);

    [Fact]
    public void A_difference_says_what_each_side_says()
    {
        var difference = Compare("failed 2", "failed accepted").Find()!;

        Assert.Equal(("failed", "1: failed, 2: accepted", "SM2"),
            (difference.Row, difference.Ledger, difference.ProviderMessageId));
    }

    [Fact]
    public void What_either_side_has_just_changed_is_moving()
    {
        Assert.False(Compare("queued 1", "accepted").IsMoving(Now.AddSeconds(1)));
        Assert.True(Compare("queued 1", "accepted").IsMoving(Now));
        Assert.True(Compare("sent 1", "").IsMoving(Now));
        Assert.False(Compare("sent 1", "").IsMoving(Now.AddSeconds(1)));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Every_kind_is_explained(string language)
    {
        var texts = Enum.GetValues<DifferenceKind>().Select(kind => kind.Text(language)).ToList();

        Assert.Equal(texts.Count, texts.Distinct().Count());
        Assert.All(texts, text => Assert.EndsWith(".", text, StringComparison.Ordinal));
    }

    private static Comparison Compare(string row, string ledger)
    {
        var id = Guid.CreateVersion7();
        var states = ledger.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(
            id,
            row.Split(' ') is [var status, var attempts]
                ? new(id, Enum.Parse<MessageStatus>(status, true), attempts[0] - '0', Now)
                : null,
            [.. states.Select((state, index) => new LedgerEntry(
                id, index + 1, state, state is "accepted" or "failed" ? $"SM{index + 1}" : null, Now))]);
    }
}
