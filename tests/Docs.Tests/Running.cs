using Testing;

namespace Docs.Tests;

/// <summary>The running system that the guides speak of.</summary>
[CollectionDefinition]
public sealed class Running : ICollectionFixture<Running>, IAsyncLifetime
{
    private LocalRun? _run;

    public LocalRun Run => _run!;

    public async ValueTask InitializeAsync() => _run = await LocalRun.StartAsync(
        LocalRun.FreePort(), new Dictionary<string, string> { ["MESSAGING_MIN_INTERVAL"] = "00:00:00.100" });

    public ValueTask DisposeAsync() => _run?.DisposeAsync() ?? ValueTask.CompletedTask;
}
