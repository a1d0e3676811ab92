using System.Collections.Concurrent;
using Npgsql;

namespace AppHost;

/// <summary>
/// A private PostgreSQL: data, port and password of its own, reachable over the loopback interface only.
/// </summary>
/// <param name="folder">Holds the data and the superuser's password.</param>
/// <param name="options">Settings of the server, <c>name=value</c>, besides our own.</param>
internal sealed class PostgresProcess(string folder, params IReadOnlyList<string> options) : Workload
{
    public const string UserName = "campaigns";
    private const string SystemUser = "postgres";

    // PostgreSQL refuses to run as root, and the user that root runs it as need not be allowed to pass the folders
    // above the data (/root, say). So it gets the folder opened, and a path that leads straight to what is open.
    private const string OpenFolder = "/proc/self/fd/9";

    private readonly string binaries = FindBinaries() ?? throw Tools.Missing("PostgreSQL");
    private readonly string data = Path.Combine(folder, "data");
    private readonly ConcurrentDictionary<string, bool> created = [];

    public int Port { get; } = Ports.Next();

    /// <summary>Databases that exist once the server is healthy.</summary>
    public ConcurrentBag<string> Databases { get; } = [];

    /// <summary>False: files need not survive a crash of the machine, which makes tests faster.</summary>
    public bool Durable { get; init; } = true;

    public override string? Endpoint => $"127.0.0.1:{Port}";

    public override Command Command => AsSystemUser(data, "postgres",
    [
        "-D", OpenFolder, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        // Details of an error quote values: phone numbers.
        "-c", "log_error_verbosity=terse",
        .. options.SelectMany(option => new[] { "-c", option }),
    ]) with
    {
        StopSignal = Posix.SigInt, // "fast": ends the sessions, keeps what is committed
    };

    /// <summary><c>CAMPAIGNS_POSTGRES_BIN</c>, or Debian's newest, or the PATH; null where there is none.</summary>
    public static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        var named = Environment.GetEnvironmentVariable("CAMPAIGNS_POSTGRES_BIN");
        if (!string.IsNullOrEmpty(named))
        {
            return Tools.FindFolder("initdb", [named]);
        }

        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return Tools.FindFolder("initdb", [
            .. versions.OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var n) ? n : 0)
                .Select(version => $"{version}/bin"),
            .. Tools.Path,
        ]);
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = UserName,
        Password = Password,
        Database = database,
    }.ConnectionString;

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
        {
            await InitializeAsync(cancellationToken);
        }

        ForgetServerBeforeReboot();
    }

    public override async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(
                ConnectionString("postgres") + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellationToken);
            foreach (var database in Databases.Where(database => !created.ContainsKey(database)))
            {
                await CreateAsync(connection, database, cancellationToken);
            }

            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private string Password => KeptSecret.Read(Path.Combine(folder, "password"), KeptSecret.Password);

    /// <summary>
    /// The file of a killed server names its process. If that is gone, the new server sees to the rest (its check for
    /// sessions that still run must not be cut short); but after a restart of the machine the number can be another
    /// program's, and the server would refuse to start for ever.
    /// </summary>
    private void ForgetServerBeforeReboot()
    {
        var record = Path.Combine(data, "postmaster.pid");
        // First line: the process; fourth: the port. https://www.postgresql.org/docs/15/storage-file-layout.html
        if (File.Exists(record) && File.ReadAllLines(record) is [var process, _, _, var port, ..]
            && File.Exists($"/proc/{process}/cmdline")
            && !File.ReadAllText($"/proc/{process}/cmdline").Contains($"\0-p\0{port}\0", StringComparison.Ordinal))
        {
            File.Delete(record);
        }
    }

    private async Task CreateAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand(
            "select exists (select from pg_database where datname = $1)", connection)
        {
            Parameters = { new() { Value = database } },
        };
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
        {
            await using var create = new NpgsqlCommand($"create database \"{database}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        created[database] = true;
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        var draft = Path.Combine(folder, "data.new");
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _ = Password;
        if (Posix.IsRoot)
        {
            await new Command("chown", "-R", $"{SystemUser}:", folder).RunAsync(cancellationToken);
        }

        string[] arguments =
        [
            "-D", OpenFolder, "--username", UserName, "--pwfile", $"{OpenFolder}/../password",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
            .. Durable ? [] : new[] { "--no-sync" },
        ];
        await AsSystemUser(draft, "initdb", arguments).RunAsync(cancellationToken);
        Directory.Move(draft, data);
    }

    private Command AsSystemUser(string opened, string program, string[] arguments)
    {
        string[] user = Posix.IsRoot ? ["setpriv", "--reuid", SystemUser, "--regid", SystemUser, "--init-groups"] : [];
        var path = Path.Combine(binaries, program);
        return new("sh", ["-c", "exec 9<\"$0\" && exec \"$@\"", opened, .. user, path, .. arguments])
        {
            WorkingDirectory = "/",
        };
    }
}
