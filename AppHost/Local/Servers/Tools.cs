namespace AppHost;

/// <summary>Finds the servers that the local run needs on this machine.</summary>
internal static class Tools
{
    public static IReadOnlyList<string> Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    public static string? FindFolder(string program, IEnumerable<string> folders) =>
        folders.FirstOrDefault(folder => File.Exists($"{folder}/{program}"));

    /// <summary>Refuses the start, naming everything that is missing at once.</summary>
    public static void RequireServers()
    {
        string[] missing =
        [
            .. PostgresProcess.FindBinaries() is null ? ["PostgreSQL"] : Array.Empty<string>(),
            .. RabbitMqProcess.FindServer() is null ? ["RabbitMQ"] : Array.Empty<string>(),
        ];
        if (missing.Length > 0)
        {
            throw Missing(string.Join(" and ", missing));
        }
    }

    public static StartRefusedException Missing(string what) => new(
        $"Not installed on this machine: {what}. Run ./run.sh, which installs what is missing, or: "
        + "sudo apt-get install -y postgresql rabbitmq-server");
}
