using System.Net;
using System.Net.Sockets;

namespace AppHost;

/// <summary>
/// A private RabbitMQ node: data, ports, cookie and user of its own, every listener (that of epmd and of the Erlang
/// distribution too) on the loopback interface only, and no guest.
/// </summary>
/// <param name="folder">Holds the data, the cookie and the password.</param>
internal sealed class RabbitMqProcess(string folder) : Workload
{
    private const string UserName = "campaigns";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // https://www.rabbitmq.com/docs/protocol, AMQP 0-9-1, 4.2.2: the header opens a connection, and the server's answer
    // is a method frame (type 1) on channel 0.
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    private readonly string server = FindServer() ?? throw Tools.Missing("RabbitMQ");
    private readonly int distributionPort = Ports.Next();
    private readonly int epmdPort = Ports.Next();

    public int Port { get; } = Ports.Next();

    public Uri Address => new($"amqp://{UserName}:{Password}@127.0.0.1:{Port}/");

    public override string? Endpoint => $"127.0.0.1:{Port}";

    // epmd is started in the node's process group and so ends with it; left to itself, Erlang would start one as a
    // daemon that outlives us.
    public override Command Command => new("sh", "-c", "epmd & exec \"$0\"", server)
    {
        WorkingDirectory = folder,
        Environment = new Dictionary<string, string?>
        {
            ["HOME"] = folder,
            ["RABBITMQ_NODENAME"] = "campaigns@localhost",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_DIST_PORT"] = $"{distributionPort}",
            // It shares the cores with everything else: one scheduler, and none of its threads spins while it waits
            // (https://www.rabbitmq.com/docs/runtime, "Scheduler Busy Waiting").
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} "
                + "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
            ["ERL_EPMD_PORT"] = $"{epmdPort}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            // The start script then becomes the node instead of waiting for it: signals and exit codes are the node's.
            ["RUNNING_UNDER_SYSTEMD"] = "true",
        },
    };

    /// <summary>The start script; null where there is none.</summary>
    public static string? FindServer()
    {
        const string Program = "rabbitmq-server";
        // The PATH last: Debian's there changes to the user rabbitmq, who cannot read our folder.
        var folder = Tools.FindFolder(Program, ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", .. Tools.Path]);
        return folder is null ? null : $"{folder}/{Program}";
    }

    public override Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        _ = KeptSecret.Read(Path.Combine(folder, ".erlang.cookie"), KeptSecret.Password);
        File.WriteAllText(Path.Combine(folder, "enabled_plugins"), "[].\n");
        var configuration = Path.Combine(folder, "rabbitmq.conf");
        File.WriteAllText(configuration, "");
        File.SetUnixFileMode(configuration, OwnerOnly);
        return File.WriteAllTextAsync(configuration, $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            default_user = {UserName}
            default_pass = {Password}
            log.file = false
            log.console = true
            log.console.level = warning
            # We knock at the door without going in, to see whether somebody is at home.
            log.connection.level = error

            """, cancellationToken);
    }

    public override async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
            await socket.SendAsync(ProtocolHeader, limit.Token);
            var answer = new byte[1];
            return await socket.ReceiveAsync(answer, limit.Token) == 1 && answer[0] == 1;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private string Password => KeptSecret.Read(Path.Combine(folder, "password"), KeptSecret.Password);
}
