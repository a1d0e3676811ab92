using System.Diagnostics;

namespace AppHost;

/// <summary>What to execute, where, and with which changes to our own environment (null removes a variable).</summary>
internal sealed record Command(string FileName, params IReadOnlyList<string> Arguments)
{
    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The signal that asks the process to end in good order.</summary>
    public int StopSignal { get; init; } = Posix.SigTerm;

    /// <summary>Runs it to its end; throws with what it wrote if it fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartInfo(FileName, Arguments))!;
        await using var cancelled = cancellationToken.UnsafeRegister(_ => process.Kill(entireProcessTree: true), null);
        process.StandardInput.Close();
        var written = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(FileName)} failed: {(await written).Trim()}");
        }
    }

    public ProcessStartInfo StartInfo(string fileName, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Our settings hold secrets, and the services know them by other names.
        foreach (var name in Settings.Names)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
