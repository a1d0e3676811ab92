using System.Diagnostics;
using System.Text;

namespace AppHost;

/// <summary>Processes of an earlier run on the same folder, left because its guard was killed too.</summary>
internal static class Leftovers
{
    /// <summary>The environment variable that says which folder a child, and what it starts, belongs to.</summary>
    public const string Mark = "CAMPAIGNS_GUARDED_FOLDER";

    private static readonly TimeSpan ForTheGuard = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the earlier run's guard has stopped them, and then kills those that remain.</summary>
    public static async Task EndAsync(string folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (Find(folder) is { Count: > 0 } processes)
        {
            if (clock.GetElapsedTime(started) > ForTheGuard)
            {
                processes.ForEach(Kill);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    public static List<int> Find(string folder)
    {
        var mark = Encoding.UTF8.GetBytes($"{Mark}={folder}\0");
        return [.. Directory.GetDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id != 0 && id != Environment.ProcessId && IsMarked(id, mark))];
    }

    private static bool IsMarked(int id, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is another user's.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It has just ended.
        }
    }
}
