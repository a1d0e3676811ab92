using System.Diagnostics;

namespace Testing;

/// <summary>The parts of a run that can be killed.</summary>
public enum Part
{
    Messaging,
    Campaigns,
    Webhooks,
    Gateway,
    Broker,
    Database,
}

/// <summary>The processes below one AppHost, and no others, by what their command line says.</summary>
public sealed class Processes(int appHost)
{
    /// <summary>Those that run now; each leads a process group of its own.</summary>
    public IReadOnlyList<int> Of(Part part) =>
    [
        .. Children(appHost).Where(id => CommandLine(id) is { } line && part switch
        {
            Part.Broker => line.Contains("beam.smp", StringComparison.Ordinal),
            Part.Database => line.Contains("/bin/postgres\0-D", StringComparison.Ordinal),
            _ => line.Contains($"/{Project(part)}.dll", StringComparison.Ordinal),
        }),
    ];

    /// <summary>To the process alone, as kill -9 by its number would.</summary>
    public static void Signal(string signal, int process) => Run(signal, $"{process}");

    /// <summary>To the process, and then to all below it: PostgreSQL is many, and each leads a group of its own.</summary>
    public static void SignalTree(string signal, int process)
    {
        Signal(signal, process);
        foreach (var child in Children(process))
        {
            SignalTree(signal, child);
        }
    }

    private static string Project(Part part) => part == Part.Gateway ? "Gateway" : $"Services.{part}";

    private static void Run(string signal, string target)
    {
        // The shell's own, since not every machine has the program.
        using var kill = Process.Start("sh", ["-c", $"kill -s {signal} -- {target}"]);
        kill.WaitForExit();
    }

    private static IEnumerable<int> Children(int parent) =>
        Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && Parent(id) == parent);

    // "pid (name) state parent …"; the name may hold anything. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    private static int? Parent(int id)
    {
        var stat = Read($"/proc/{id}/stat");
        return stat is null ? null : int.Parse(
            stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? CommandLine(int id) => Read($"/proc/{id}/cmdline");

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }
}
