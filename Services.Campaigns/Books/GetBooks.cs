using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>How the four books agreed when they were last checked, over all campaigns or of one.</summary>
internal static class GetBooks
{
    /// <summary>In the report on all campaigns each lists its first; the report on one has more.</summary>
    private const int ListedOfEach = 10;

    private const int MostCampaigns = 500;

    public static async Task<Results<Ok<BooksAnswer>, ProblemHttpResult>> HandleAsync(
        Guid? campaignId, HttpRequest request, BookStore store, CampaignsDbContext db,
        CancellationToken cancellationToken)
    {
        if (campaignId is { } id && !await db.Campaigns.AnyAsync(c => c.Id == id, cancellationToken))
        {
            return Problems.NotFound("campaign", id);
        }

        // In this order: once it says that nothing runs, what is read is the result.
        var running = await store.IsRunningAsync(campaignId, cancellationToken);
        var all = campaignId is null ? await store.ReadOverallAsync(cancellationToken) : null;
        var campaigns = await store.ReadAsync(campaignId, cancellationToken);
        var language = request.Language();
        var listed = campaignId is null ? ListedOfEach : int.MaxValue;
        return TypedResults.Ok(new BooksAnswer(
            campaignId is null ? all?.CheckedAt : campaigns.FirstOrDefault()?.CheckedAt, running,
            OverallAnswer.Of(campaigns),
            [.. campaigns.Take(MostCampaigns).Select(books => CampaignBooksAnswer.Of(books, listed, language))],
            all?.StrayCount is { } count ? new(count, all.Strays) : null));
    }
}

/// <param name="CheckedAt">When the last check began; null: there was none.</param>
/// <param name="Running">One is wanted or under way.</param>
/// <param name="Campaigns">Those with differences first, then the newest; at most 500.</param>
/// <param name="Strays">Null if the provider's list could not be read, and in the report on one campaign.</param>
internal sealed record BooksAnswer(
    DateTimeOffset? CheckedAt, bool Running, OverallAnswer Overall, IReadOnlyList<CampaignBooksAnswer> Campaigns,
    StraysAnswer? Strays);

/// <summary>The sums of the campaigns; null where one of them has none.</summary>
/// <param name="Differences">How many.</param>
internal sealed record OverallAnswer(
    LedgerNumbers? Ledger, ProviderNumbers? Provider, StatusNumbers? Rows, StatusNumbers? Counters, long Differences)
{
    public static OverallAnswer Of(IReadOnlyCollection<CampaignBooks> campaigns)
    {
        var sum = campaigns.Count == 0 ? null : campaigns.Select(books => books.Numbers).Aggregate((a, b) => a + b);
        return new(
            sum?.Ledger, sum?.Provider, sum?.Rows, sum?.Counters, campaigns.Sum(books => books.DifferenceCount));
    }
}

/// <param name="Ledger">What Messaging has; null: it was away.</param>
/// <param name="Provider">What the provider has; null: its list could not be read.</param>
/// <param name="Rows">What the campaign's messages say.</param>
/// <param name="Counters">What the statistics said, before a correction.</param>
/// <param name="Differences">The first of them.</param>
internal sealed record CampaignBooksAnswer(
    Guid CampaignId, string Name, DateTimeOffset CheckedAt, LedgerNumbers? Ledger, ProviderNumbers? Provider,
    StatusNumbers Rows, StatusNumbers Counters, long DifferenceCount, IReadOnlyList<DifferenceAnswer> Differences)
{
    public static CampaignBooksAnswer Of(CampaignBooks books, int listed, string language) => new(
        books.CampaignId, books.Name, books.CheckedAt, books.Numbers.Ledger, books.Numbers.Provider,
        books.Numbers.Rows, books.Numbers.Counters, books.DifferenceCount,
        [.. books.Differences.Take(listed).Select(difference => DifferenceAnswer.Of(difference, language))]);
}

/// <summary>What each side says; null: nothing.</summary>
/// <param name="Text">What the kind means, in the caller's language.</param>
/// <param name="Row">The message's status.</param>
/// <param name="Ledger">Its attempts and their states.</param>
/// <param name="Counter">Which one, e.g. <c>message1.sent</c>.</param>
internal sealed record DifferenceAnswer(
    DifferenceKind Kind, string Text, Guid? MessageId, string? WhatsappMessageId, string? Row, string? Ledger,
    string? Counter, long? Rows, long? Counters)
{
    public static DifferenceAnswer Of(Difference difference, string language) => new(
        difference.Kind, difference.Kind.Text(language), difference.MessageId, difference.ProviderMessageId,
        difference.Row, difference.Ledger, difference.Counter, difference.Rows, difference.Counters);
}

/// <summary>
/// What the provider has of our senders and the ledger has not: tests with other tools, or another program's.
/// </summary>
/// <param name="Items">The first of them.</param>
internal sealed record StraysAnswer(long Total, IReadOnlyList<StrayMessage> Items);
