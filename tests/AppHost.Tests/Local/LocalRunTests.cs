using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace AppHost.Tests;

public sealed class LocalRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("campaigns-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_second_run_on_the_same_folder_is_refused_until_the_first_has_ended()
    {
        using var stop = new CancellationTokenSource();
        var first = Run();
        var running = first.RunAsync(stop.Token);
        await DashboardAsync(first);

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => Run().RunAsync(stop.Token));

        Assert.Contains(folder, refusal.Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        await Run().RunAsync(stop.Token);
    }

    [Fact]
    public async Task A_busy_port_is_named_with_the_setting_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var gateway = new ProjectResource("gateway", "Gateway.csproj") { Endpoint = new(port) };

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(
            () => Run(gateway).RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains($"{port}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("GATEWAY_PORT", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_shows_nothing_without_its_key()
    {
        using var stop = new CancellationTokenSource();
        var run = Run();
        var running = run.RunAsync(stop.Token);
        var address = await DashboardAsync(run);
        using var http = new HttpClient { BaseAddress = address };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/events")).StatusCode);
        var guess = await http.PostAsync("/login", new StringContent("guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        var login = await http.PostAsync("/login", new StringContent(address.Fragment.TrimStart('#')));
        Assert.Equal(HttpStatusCode.NoContent, login.StatusCode);
        using var events = await http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private LocalRun Run(params IResource[] resources) =>
        new(resources, new(folder), TimeProvider.System, new(TextWriter.Null));

    /// <summary>The dashboard's address, once the run has said it.</summary>
    private static async Task<Uri> DashboardAsync(LocalRun run)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var line = await run.Logs.WatchAsync(limit.Token).FirstAsync(line => line.Resource == "dashboard", limit.Token);
        return new(line.Text);
    }
}
