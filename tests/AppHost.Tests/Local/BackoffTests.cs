using FsCheck;
using FsCheck.Fluent;

namespace AppHost.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_from_half_a_second_to_thirty_seconds()
    {
        var backoff = new Backoff();
        Assert.Equal(
            [0.5, 1, 2, 4, 8, 16, 30, 30],
            Enumerable.Range(0, 8).Select(_ => backoff.Next(TimeSpan.FromSeconds(9)).TotalSeconds));
    }

    [Fact]
    public void Ten_healthy_seconds_make_the_pause_short_again_whatever_came_before() => Prop.ForAll<byte>(failures =>
    {
        var backoff = new Backoff();
        for (var failure = 0; failure < failures; failure++)
        {
            backoff.Next(TimeSpan.Zero);
        }

        return backoff.Next(Backoff.Forgiven) == Backoff.Least
            && backoff.Next(TimeSpan.Zero) == 2 * Backoff.Least;
    }).QuickCheckThrowOnFailure();
}
