using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;

namespace AppHost;

/// <summary>
/// A page with the resources and their logs, on the loopback interface, for whoever has the address that is printed at
/// the start: its fragment is the key, which the page turns into a cookie, so that it is in no request line or log.
/// </summary>
internal sealed class Dashboard : IAsyncDisposable
{
    private const string Cookie = "campaigns-dashboard";
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private readonly WebApplication app;
    private readonly ErrorReader errors;
    private readonly LocalRun run;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(24);
    private readonly CancellationTokenSource closing = new();

    private Dashboard(LocalRun run, int port)
    {
        this.run = run;
        errors = new(run);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        app = builder.Build();
        app.UseRouting();
        app.MapGet("/", PageAsync);
        app.MapPost("/login", LoginAsync);
        app.MapGet("/events", EventsAsync);
        app.MapPost("/errors/{resource}/{queue}/put-back", PutBackAsync);
        Address = $"http://127.0.0.1:{port}/#{Convert.ToHexStringLower(key)}";
    }

    public string Address { get; }

    public static async Task<Dashboard> StartAsync(LocalRun run, int port, CancellationToken cancellationToken)
    {
        var dashboard = new Dashboard(run, port == 0 ? Ports.Next() : port);
        try
        {
            await dashboard.app.StartAsync(cancellationToken);
        }
        catch (IOException)
        {
            throw new StartRefusedException($"Port {port} for the dashboard is in use by another program: "
                + "stop that, or set CAMPAIGNS_DASHBOARD_PORT to a free port.");
        }

        return dashboard;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await app.DisposeAsync();
        errors.Dispose();
        closing.Dispose();
    }

    private static async Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await using var page = typeof(Dashboard).Assembly.GetManifestResourceStream("dashboard.html")!;
        await page.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task LoginAsync(HttpContext context)
    {
        var buffer = new char[2 * key.Length];
        using var reader = new StreamReader(context.Request.Body);
        await reader.ReadBlockAsync(buffer, context.RequestAborted);
        if (!IsKey(new string(buffer)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.Cookies.Append(
            Cookie, new string(buffer), new() { HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true });
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Server-sent events: the kept log lines, then every new one, and the resources as they change.</summary>
    private async Task EventsAsync(HttpContext context)
    {
        if (!IsKey(context.Request.Cookies[Cookie]))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing.Token);
        var events = Channel.CreateBounded<string>(64);
        try
        {
            var producers = Task.WhenAll(
                LogsAsync(events.Writer, end.Token), StatesAsync(events.Writer, end.Token),
                ErrorsAsync(events.Writer, end.Token));
            await foreach (var message in events.Reader.ReadAllAsync(end.Token))
            {
                await context.Response.WriteAsync(message, end.Token);
            }

            await producers;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has gone, or the run ends.
        }
    }

    private async Task LogsAsync(ChannelWriter<string> events, CancellationToken cancellationToken)
    {
        await foreach (var line in run.Logs.WatchAsync(cancellationToken))
        {
            await events.WriteAsync(Event("log", line), cancellationToken);
        }
    }

    private async Task StatesAsync(ChannelWriter<string> events, CancellationToken cancellationToken)
    {
        for (var last = ""; ; await Task.Delay(Refresh, TimeProvider.System, cancellationToken))
        {
            var states = Event("resources", run.Processes.Select(process => new
            {
                process.Name,
                State = process.State.ToString(),
                process.Restarts,
                process.ProcessId,
                Endpoint = process.Workload.Endpoint,
            }));
            if (states != last)
            {
                await events.WriteAsync(last = states, cancellationToken);
            }
        }
    }

    private async Task ErrorsAsync(ChannelWriter<string> events, CancellationToken cancellationToken)
    {
        for (var last = ""; ; await Task.Delay(ErrorReader.Refresh, TimeProvider.System, cancellationToken))
        {
            var queues = Event("errors", await errors.ReadAsync(cancellationToken));
            if (queues != last)
            {
                await events.WriteAsync(last = queues, cancellationToken);
            }
        }
    }

    /// <summary>For our own page only: the cookie is SameSite=Strict, other ports of this host are refused.</summary>
    private async Task PutBackAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsKey(request.Cookies[Cookie]) || request.Headers.Origin != $"http://{request.Host}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.StatusCode = await errors.PutBackAsync(
            (string)request.RouteValues["resource"]!, (string)request.RouteValues["queue"]!, context.RequestAborted);
    }

    private static string Event(string name, object data) =>
        $"event: {name}\ndata: {JsonSerializer.Serialize(data, JsonSerializerOptions.Web)}\n\n";

    private bool IsKey(string? text) => text is not null && CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(Convert.ToHexStringLower(key)));

    /// <summary>Signals are the run's business, not the page's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
