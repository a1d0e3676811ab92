using System.Diagnostics;

namespace AppHost;

/// <summary>
/// A running child in a session and process group of its own: Ctrl-C in the terminal reaches only us, and whatever the
/// child leaves behind in its group ends with it.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly int stopSignal;
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<int> ended;

    private ChildProcess(Process process, Guard guard, int stopSignal, Action<string> log)
    {
        this.process = process;
        this.stopSignal = stopSignal;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        process.Start();
        Id = process.Id;
        // The child waits for this line before it becomes the program: it never runs without the guard knowing.
        guard.Add(Id, stopSignal);
        process.StandardInput.WriteLine();
        process.StandardInput.Close();
        ended = EndAsync(guard, ReadAsync(process.StandardOutput, log), ReadAsync(process.StandardError, log));
    }

    public int Id { get; }

    /// <summary>The exit code, once the process and its group are gone and their last line is read.</summary>
    public Task<int> Ended => ended;

    public static ChildProcess Start(Command command, Guard guard, Action<string> log)
    {
        var start = command.StartInfo(
            "setsid",
            ["sh", "-c", "read -r _ && exec \"$@\" </dev/null", "sh", command.FileName, .. command.Arguments]);
        start.Environment[Leftovers.Mark] = guard.Folder;
        return new(new Process { StartInfo = start }, guard, command.StopSignal, log);
    }

    /// <summary>Asks the process to end, and after <paramref name="grace"/> makes it end.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!Ended.IsCompleted)
        {
            Posix.SignalGroup(Id, stopSignal);
            await Task.WhenAny(exited.Task, Task.Delay(grace, TimeProvider.System));
            Posix.SignalGroup(Id, Posix.SigKill);
        }

        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        process.Dispose();
    }

    private async Task<int> EndAsync(Guard guard, params Task[] readers)
    {
        await exited.Task;
        Posix.SignalGroup(Id, Posix.SigKill);
        guard.Remove(Id);
        // A grandchild that left the group can hold the pipe open; nothing of ours depends on its last words.
        await Task.WhenAny(Task.WhenAll(readers), Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
        return process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            log(line);
        }
    }
}
