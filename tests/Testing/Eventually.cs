using System.Runtime.CompilerServices;

namespace Testing;

/// <summary>Waits for a condition with a deadline, instead of sleeping and hoping.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns once <paramref name="condition"/> holds; throws, naming it, if it never does.</summary>
    public static Task BecomesTrueAsync(
        Func<bool> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        BecomesTrueAsync(() => Task.FromResult(condition()), within, what);

    /// <inheritdoc cref="BecomesTrueAsync(Func{bool}, TimeSpan?, string)"/>
    public static async Task BecomesTrueAsync(
        Func<Task<bool>> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        await ReturnsAsync(condition, value => value, within, what);

    /// <summary>The first value to satisfy <paramref name="condition"/>; throws with the last if none does.</summary>
    public static async Task<T> ReturnsAsync<T>(
        Func<Task<T>> read,
        Func<T, bool> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        var limit = within ?? Limit;
        while (true)
        {
            var value = await read();
            if (condition(value))
            {
                return value;
            }

            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s in vain for: {what} (last: {value})");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
