using System.Diagnostics;

namespace Services.Messaging;

/// <summary>
/// Steps at which tests let this process die (<c>KILL</c>) or freeze (<c>STOP</c>). Not in a Release build, and without
/// effect unless <c>MESSAGING_FAIL_POINTS</c> names a folder: a file <c>STEP.SIGNAL</c> in it is a ticket for one signal.
/// </summary>
internal static class FailPoint
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("MESSAGING_FAIL_POINTS");

    [Conditional("DEBUG")]
    public static void Reach(string step)
    {
        if (string.IsNullOrEmpty(Folder))
        {
            return;
        }

        foreach (var signal in new[] { "KILL", "STOP" })
        {
            if (TryTake(Path.Combine(Folder, $"{step}.{signal}")))
            {
                // The thread waits here for the signal, so that the process gets no step further.
                using var kill = Process.Start("sh", ["-c", $"kill -s {signal} {Environment.ProcessId}"]);
                kill.WaitForExit();
            }
        }
    }

    /// <summary>Of several processes, one gets the ticket: moving it away succeeds once.</summary>
    private static bool TryTake(string ticket)
    {
        if (!File.Exists(ticket))
        {
            return false;
        }

        try
        {
            File.Move(ticket, $"{ticket}.{Environment.ProcessId}");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
