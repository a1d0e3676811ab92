namespace AppHost;

/// <summary>How long to wait before a restart: longer after each failure, short again after a healthy while.</summary>
internal sealed class Backoff
{
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(10);

    private TimeSpan next = Least;

    public TimeSpan Next(TimeSpan healthyFor)
    {
        var pause = healthyFor >= Forgiven ? Least : next;
        next = pause * 2 < Most ? pause * 2 : Most;
        return pause;
    }
}
