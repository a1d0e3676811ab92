using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using ServiceDefaults;
using Testing;

namespace Benchmarks;

/// <summary>
/// Services.Campaigns in a process of its own, with its database and a broker, asked without the gateway; and how much
/// memory it takes.
/// </summary>
internal sealed class CampaignsProcess : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly BrokerFixture _broker = new();
    private readonly DatabaseFixture _databases = new();
    private readonly CancellationTokenSource _stop = new();
    private ServerProcess _server = null!;
    private Task _watching = Task.CompletedTask;
    private long _peak;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(30) };

    public NpgsqlDataSource Database { get; private set; } = null!;

    public Uri Broker => _broker.Address;

    /// <summary>The memory in use after the start, in megabytes.</summary>
    public double IdleMemory { get; private set; }

    /// <summary>The greatest since <see cref="ForgetPeak"/>, above that.</summary>
    public double PeakMemory => Megabytes(Interlocked.Read(ref _peak)) - IdleMemory;

    /// <param name="settings">Besides the addresses of its stores.</param>
    public static async Task<CampaignsProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var started = new CampaignsProcess();
        await started._broker.InitializeAsync();
        await started._databases.InitializeAsync();
        var database = await started._databases.CreateDatabaseAsync();
        started.Database = NpgsqlDataSource.Create(ServiceDefaults.Database.Prepared(database));
        var environment = new Dictionary<string, string>(settings)
        {
            ["ConnectionStrings__campaignsdb"] = database,
            ["ConnectionStrings__rabbitmq"] = started._broker.Address.ToString(),
            ["Books__CheckAt"] = "",
            ["Sandbox__Mode"] = "emulator",
            ["Sandbox__JoinCode"] = "join happy-tiger",
        };
        started._server = await ServerProcess.StartAsync("Services.Campaigns.dll", [], environment);
        started.Http.BaseAddress = new($"http://127.0.0.1:{started._server.Port}");
        // What everybody asks for is compiled, and the rest of the start is over.
        await started.LatenciesAsync("/api/contacts", 200);
        await Task.Delay(Rest, TimeProvider.System);
        started.IdleMemory = Megabytes(started._server.WorkingSet);
        started._watching = started.WatchAsync();
        return started;
    }

    public void ForgetPeak() => Interlocked.Exchange(ref _peak, _server.WorkingSet);

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(path))!;

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new HttpRequestException($"{path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>How long each of so many calls, one after the other, takes; in milliseconds, in order.</summary>
    public async Task<double[]> LatenciesAsync(string path, int calls)
    {
        var latencies = new double[calls];
        for (var call = 0; call < calls; call++)
        {
            var asked = Stopwatch.GetTimestamp();
            using var answer = await Http.GetAsync(path);
            answer.EnsureSuccessStatusCode();
            latencies[call] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
        }

        Array.Sort(latencies);
        return latencies;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.Command(sql, values);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public static string Told(double[] latencies) =>
        $"p50 {latencies[latencies.Length / 2]:F1} ms, p99 {latencies[latencies.Length * 99 / 100]:F1} ms, "
        + $"max {latencies[^1]:F0} ms of {latencies.Length}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        Http.Dispose();
        await _server.DisposeAsync();
        await Database.DisposeAsync();
        await _databases.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private static double Megabytes(long bytes) => bytes / (double)(1 << 20);

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Interlocked.Exchange(ref _peak, Math.Max(Interlocked.Read(ref _peak), _server.WorkingSet));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // That was it.
        }
    }
}
