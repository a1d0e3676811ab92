using System.Globalization;
using RabbitMQ.Client;
using Testing;

namespace Benchmarks;

/// <summary>Services.Webhooks against <see cref="BareServer"/>, in turn, on the same broker.</summary>
internal static class WebhookBenchmark
{
    private const int Rounds = 15;
    private const int WarmUp = 3;
    private const int Steady = 200;
    private static readonly TimeSpan SteadyTime = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(string[] options)
    {
        var seconds = options is ["--seconds", var text] ? double.Parse(text, CultureInfo.InvariantCulture) : 2;
        var time = TimeSpan.FromSeconds(seconds);
        await using var stores = await Stores.OpenAsync();
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__rabbitmq"] = stores.Broker,
            ["ConnectionStrings__webhooksdb"] = stores.Database,
            ["PublicUrl"] = Load.PublicUrl,
            ["Twilio__AccountSid"] = Load.AccountSid,
            ["Twilio__AuthToken"] = Load.Token,
        };
        await using var ours = await ServerProcess.StartAsync("Services.Webhooks.dll", [], environment);
        await using var bare = await ServerProcess.StartAsync("Benchmarks.dll", ["serve-bare"], environment);

        Console.WriteLine("   round    bare req/s    ours req/s   ratio   bare ms CPU   ours ms CPU");
        var (ratios, costs) = (new List<double>(), new List<double>());
        for (var round = 1 - WarmUp; round <= Rounds; round++)
        {
            var yardstick = await SaturateAsync(bare, stores, time);
            var measured = await SaturateAsync(ours, stores, time);
            var ratio = measured.PerSecond / yardstick.PerSecond;
            Console.WriteLine(
                $"{(round > 0 ? round : "warm-up"),8}{yardstick.PerSecond,14:F0}{measured.PerSecond,14:F0}{ratio,8:F2}"
                + $"{yardstick.Cost,14:F3}{measured.Cost,14:F3}");
            if (round > 0)
            {
                ratios.Add(ratio);
                costs.Add(measured.Cost);
            }
        }

        var latencies = await new Load(ours.Port).StreamAsync(Steady, SteadyTime);
        Array.Sort(latencies);
        var stored = await stores.EmptyAsync();
        Console.WriteLine($"median ratio {Median(ratios):F2}, {Median(costs):F3} ms CPU per request of ours");
        Console.WriteLine(
            $"at {Steady}/s: p50 {latencies[latencies.Length / 2]:F1} ms, "
            + $"p99 {latencies[latencies.Length * 99 / 100]:F1} ms, max {latencies[^1]:F1} ms; "
            + $"{latencies.Length} answered, {stored} in the queue");
        return stored == latencies.Length ? 0 : 1;
    }

    private static async Task<(double PerSecond, double Cost)> SaturateAsync(
        ServerProcess server, Stores stores, TimeSpan time)
    {
        var before = server.ProcessorTime;
        var perSecond = await new Load(server.Port).SaturateAsync(time);
        var cost = (server.ProcessorTime - before).TotalMilliseconds / (perSecond * time.TotalSeconds);
        await stores.EmptyAsync();
        return (perSecond, cost);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    /// <summary>A real broker with one durable queue that takes the events, and a database for the spool.</summary>
    private sealed class Stores : IAsyncDisposable
    {
        private readonly BrokerFixture _broker = new();
        private readonly DatabaseFixture _databases = new();
        private readonly string _queue = $"benchmark-{Guid.NewGuid():n}";
        private IConnection _connection = null!;
        private IChannel _channel = null!;

        public string Broker => _broker.Address.ToString();

        public string Database { get; private set; } = null!;

        public static async Task<Stores> OpenAsync()
        {
            var stores = new Stores();
            await stores._broker.InitializeAsync();
            await stores._databases.InitializeAsync();
            stores.Database = await stores._databases.CreateDatabaseAsync();
            stores._connection = await new ConnectionFactory { Uri = stores._broker.Address }.CreateConnectionAsync();
            stores._channel = await stores._connection.CreateChannelAsync();
            await stores._channel.QueueDeclareAsync(
                stores._queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
            await stores._channel.ExchangeDeclareAsync(Load.Exchange, ExchangeType.Fanout, durable: true);
            await stores._channel.QueueBindAsync(stores._queue, Load.Exchange, "");
            return stores;
        }

        public async Task<uint> EmptyAsync() => await _channel.QueuePurgeAsync(_queue);

        public async ValueTask DisposeAsync()
        {
            await _channel.QueueDeleteAsync(_queue);
            await _connection.DisposeAsync();
            await _databases.DisposeAsync();
            await _broker.DisposeAsync();
        }
    }
}
