using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Testing;

namespace AppHost.Tests;

public sealed class LocalRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("campaigns-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_second_run_on_the_same_folder_is_refused_until_the_first_has_ended()
    {
        using var stop = new CancellationTokenSource();
        var (first, console) = Run();
        var running = first.RunAsync(stop.Token);
        await Eventually.BecomesTrueAsync(() => console.ToString()!.Contains("http://", StringComparison.Ordinal));

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => Run().Run.RunAsync(stop.Token));

        Assert.Contains(folder, refusal.Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        await Run().Run.RunAsync(stop.Token);
    }

    [Fact]
    public async Task A_busy_port_is_named_with_the_setting_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var gateway = new ProjectResource("gateway", "Gateway.csproj") { Endpoint = new(port) };

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(
            () => Run(gateway).Run.RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains($"{port}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("GATEWAY_PORT", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_shows_nothing_without_its_key()
    {
        using var stop = new CancellationTokenSource();
        var (run, console) = Run();
        var running = run.RunAsync(stop.Token);
        await Eventually.BecomesTrueAsync(() => console.ToString()!.Contains("http://", StringComparison.Ordinal));
        var address = new Uri(console.ToString()!.Split('|')[1].Trim().Split('\n')[0]);
        using var http = new HttpClient { BaseAddress = address };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/events")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/login", new StringContent("guess"))).StatusCode);
        var login = await http.PostAsync("/login", new StringContent(address.Fragment.TrimStart('#')));
        Assert.Equal(HttpStatusCode.NoContent, login.StatusCode);
        using var events = await http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private (LocalRun Run, TextWriter Console) Run(params IResource[] resources)
    {
        var console = TextWriter.Synchronized(new StringWriter());
        return (new(resources, new(folder), TimeProvider.System, new(console)), console);
    }
}
