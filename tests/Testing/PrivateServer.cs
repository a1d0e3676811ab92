using AppHost;

namespace Testing;

/// <summary>A server in a temporary folder; both are gone at the end, even if this process is killed.</summary>
internal sealed class PrivateServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly Guard guard;
    private readonly ChildProcess process;

    private PrivateServer(Guard guard, ChildProcess process, string address)
    {
        this.guard = guard;
        this.process = process;
        Address = address;
    }

    public string Address { get; }

    public static Task<PrivateServer> StartPostgresAsync() => StartAsync(
        // Nothing here needs to survive the machine's crash.
        folder => new PostgresProcess(
            folder, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")
        {
            Durable = false,
        },
        postgres => postgres.ConnectionString("postgres"));

    public static Task<PrivateServer> StartRabbitMqAsync() =>
        StartAsync(folder => new RabbitMqProcess(folder), rabbit => rabbit.Address.ToString());

    public async ValueTask DisposeAsync()
    {
        // What it would write on a shutdown in good order is deleted anyway.
        await process.DisposeAsync();
        guard.Dispose();
    }

    private static async Task<PrivateServer> StartAsync<T>(Func<string, T> create, Func<T, string> address)
        where T : Workload
    {
        var folder = Directory.CreateTempSubdirectory("campaigns-test-").FullName;
        var guard = new Guard(folder, temporary: true);
        try
        {
            var server = create(folder);
            return new(guard, await server.StartAsync(guard, StartLimit, CancellationToken.None), address(server));
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }
}
