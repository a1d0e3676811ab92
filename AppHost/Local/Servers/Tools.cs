namespace AppHost;

/// <summary>Finds the servers that the local run needs on this machine.</summary>
internal static class Tools
{
    /// <summary>The first folder, of <paramref name="folders"/> and then of the PATH, that holds <paramref name="program"/>.</summary>
    public static string? FindFolder(string program, IEnumerable<string> folders) =>
        folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, program)));

    public static StartRefusedException Missing(string what) => new(
        $"{what} is not installed. Run ./run.sh, which installs what is missing, or: "
        + "sudo apt-get install -y postgresql rabbitmq-server");
}
