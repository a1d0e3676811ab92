using System.Runtime.InteropServices;

namespace AppHost;

/// <summary>
/// What ends the run: Ctrl-C, a polite kill, a closed terminal, and the death of the <c>dotnet run</c> that started us,
/// which passes on some signals only and none when it is killed.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly PosixSignalRegistration[] signals;
    private readonly int parent = Posix.GetParent();
    private readonly ITimer? watch;

    public StopSignals(CancellationTokenSource stop)
    {
        this.stop = stop;
        signals =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    stop.Cancel();
                })),
        ];
        if (IsDotnetRun(parent))
        {
            watch = TimeProvider.System.CreateTimer(
                _ => StopIfOrphaned(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose()
    {
        watch?.Dispose();
        Array.ForEach(signals, signal => signal.Dispose());
    }

    private void StopIfOrphaned()
    {
        if (Posix.GetParent() != parent)
        {
            stop.Cancel();
        }
    }

    private static bool IsDotnetRun(int process)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return Path.GetFileName(arguments[0]) == "dotnet" && arguments.Contains("run");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
