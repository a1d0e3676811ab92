using System.Collections.Concurrent;
using System.Diagnostics;

namespace AppHost.Tests;

/// <summary>The AppHost as a process of its own, in a data folder of its own.</summary>
internal sealed class AppHostProgram : IDisposable
{
    private readonly Process process;

    public AppHostProgram(string dataFolder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Settings).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CAMPAIGNS_DATA_DIR"] = dataFolder;
        start.Environment["GATEWAY_PORT"] = $"{Ports.Next()}";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => Errors.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public ConcurrentQueue<string> Output { get; } = [];

    public ConcurrentQueue<string> Errors { get; } = [];

    public bool HasExited => process.HasExited;

    public async Task<int> EndAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit);
        return process.ExitCode;
    }

    public Task<int> StopAsync(TimeSpan limit)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        return EndAsync(limit);
    }

    /// <summary>Gives it no chance to do anything more.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
