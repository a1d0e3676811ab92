namespace Faults.Tests;

/// <summary>
/// libfaketime: the real time of all processes of a run, moved by what a file says; their monotonic clocks stay true.
/// https://github.com/wolfcw/libfaketime#4d-advanced-time-specification-options
/// </summary>
internal sealed class FalseClock : IDisposable
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Select(folder => $"{folder}/faketime/libfaketimeMT.so.1").FirstOrDefault(File.Exists)
        : null;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("campaigns-clock-");

    public FalseClock()
    {
        // PostgreSQL has a user of its own, who must reach the file.
        _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Move(TimeSpan.Zero);
    }

    public static bool IsInstalled => Library is not null;

    public Dictionary<string, string> Settings => new()
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = Offset,
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // Otherwise a timed wait of .NET returns at once, and whoever waits spins.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["FAKETIME_CACHE_DURATION"] = "1",
    };

    /// <summary>So far from the true time.</summary>
    public void Move(TimeSpan by)
    {
        File.WriteAllText(Offset, $"{by.TotalSeconds:+0;-0;+0}");
        File.SetUnixFileMode(
            Offset, File.GetUnixFileMode(Offset) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Offset => Path.Combine(_folder.FullName, "offset");
}
