using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// The statistics as server-sent events, whenever they have changed. Read from the counters twice a second, so that
/// every replica tells the same, whoever moved them.
/// </summary>
internal static class StreamStats
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // A comment would do, but this also tells a page that the stream is alive.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public static async Task<Results<ServerSentEventsResult<CampaignStats>, ProblemHttpResult>> HandleAsync(
        Guid id, StatsReader stats, TimeProvider clock, CancellationToken cancellationToken) =>
        await stats.ReadAsync(id, cancellationToken) is { } first
            ? TypedResults.ServerSentEvents(WatchAsync(first, stats, clock, cancellationToken))
            : Problems.NotFound("campaign", id);

    private static async IAsyncEnumerable<SseItem<CampaignStats>> WatchAsync(
        CampaignStats first, StatsReader stats, TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (last, toldAt) = (first, clock.GetTimestamp());
        yield return new(first, "stats");
        while (true)
        {
            await Task.Delay(Look, clock, cancellationToken);
            if (await stats.ReadAsync(first.CampaignId, cancellationToken) is not { } next)
            {
                yield break; // a draft, and it was deleted
            }

            // The estimate moves with the clock; by itself it is no news.
            if (next with { EstimatedFinishAt = last.EstimatedFinishAt } != last
                || clock.GetElapsedTime(toldAt) > Silence)
            {
                (last, toldAt) = (next, clock.GetTimestamp());
                yield return new(next, "stats");
            }
        }
    }
}
