namespace Testing;

/// <summary>What arrivals at the provider tell of the pace.</summary>
public static class Pace
{
    /// <summary>The most in any window of one second; <paramref name="times"/> are in order.</summary>
    public static int MostInASecond(IReadOnlyList<DateTimeOffset> times)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= TimeSpan.FromSeconds(1))
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
