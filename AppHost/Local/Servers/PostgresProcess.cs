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

    private readonly string binaries = FindBinaries() ?? throw Tools.Missing("PostgreSQL");
    private readonly string data = Path.Combine(folder, "data");
    private readonly ConcurrentDictionary<string, bool> created = [];

    public int Port { get; } = Ports.Next();

    /// <summary>Databases that exist once the server is healthy.</summary>
    public ConcurrentBag<string> Databases { get; } = [];

    /// <summary>False: files need not survive a crash of the machine, which makes tests faster.</summary>
    public bool Durable { get; init; } = true;

    public override string? Endpoint => $"127.0.0.1:{Port}";

    // The server finds its data as "the folder I stand in". PostgreSQL refuses to run as root, and the user that root
    // runs it as need not be allowed to pass the folders above (/root, say): this path has none.
    public override Command Command => AsSystemUser(data, "postgres",
    [
        "-D", "/proc/self/cwd", "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        .. options.SelectMany(option => new[] { "-c", option }),
    ]) with
    {
        StopSignal = Posix.SigInt, // "fast": ends the sessions, keeps what is committed
    };

    /// <summary><c>CAMPAIGNS_POSTGRES_BIN</c>, or Debian's newest version, or the PATH; null where there is none.</summary>
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

        // Only one run uses the folder and its predecessors' processes are gone, so the file of a killed server names
        // nobody, or after a restart of the machine somebody else, which would keep ours from starting.
        File.Delete(Path.Combine(data, "postmaster.pid"));
    }

    public override async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false;Timeout=5");
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

    private async Task CreateAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection)
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
            "-D", "/proc/self/cwd", "--username", UserName, "--pwfile", "/proc/self/cwd/../password",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", .. Durable ? [] : new[] { "--no-sync" },
        ];
        await AsSystemUser(draft, "initdb", arguments).RunAsync(cancellationToken);
        Directory.Move(draft, data);
    }

    private Command AsSystemUser(string workingDirectory, string program, string[] arguments)
    {
        var path = Path.Combine(binaries, program);
        var command = Posix.IsRoot
            ? new Command("setpriv", ["--reuid", SystemUser, "--regid", SystemUser, "--init-groups", path, .. arguments])
            : new Command(path, arguments);
        return command with { WorkingDirectory = workingDirectory };
    }
}
