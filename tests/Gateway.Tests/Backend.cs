using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

/// <summary>What a backend saw of a request.</summary>
internal sealed record Seen(string Service, string Method, string Target, Dictionary<string, string> Headers, byte[] Body);

/// <summary>A service that answers what it was asked, streams events on demand and can be ill.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Backend(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <summary>Asked for by a path that ends in <c>/events</c>.</summary>
    public Channel<string> Events { get; } = Channel.CreateUnbounded<string>();

    /// <summary>What the gateway has told the activity log.</summary>
    public Channel<string> Told { get; } = Channel.CreateUnbounded<string>();

    public bool Healthy { get; set; } = true;

    /// <summary>Answers <c>/health</c> no sooner than this completes.</summary>
    public Task HealthDelay { get; set; } = Task.CompletedTask;

    /// <summary>The body of <c>/openapi/v1.json</c>; none: 404.</summary>
    public JsonObject? Description { get; set; }

    public static async Task<Backend> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var backend = new Backend(builder.Build());
        backend._app.Run(context => backend.AnswerAsync(name, context));
        await backend._app.StartAsync();
        return backend;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(string name, HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/alive":
                break;
            case "/health":
                await HealthDelay.WaitAsync(context.RequestAborted);
                context.Response.StatusCode = Healthy ? 200 : 503;
                break;
            case "/internal/activity":
                using (var text = new StreamReader(context.Request.Body))
                {
                    await Told.Writer.WriteAsync(await text.ReadToEndAsync());
                }

                break;
            case "/openapi/v1.json" when Description is null:
            case { } path when path.EndsWith("/empty404", StringComparison.Ordinal):
                context.Response.StatusCode = 404;
                break;
            case "/openapi/v1.json":
                await context.Response.WriteAsync(Description.ToJsonString());
                break;
            case { } path when path.EndsWith("/events", StringComparison.Ordinal):
                context.Response.ContentType = "text/event-stream";
                await foreach (var item in Events.Reader.ReadAllAsync(context.RequestAborted))
                {
                    await context.Response.WriteAsync($"data: {item}\n\n", context.RequestAborted);
                }

                break;
            default:
                using (var body = new MemoryStream())
                {
                    await context.Request.Body.CopyToAsync(body);
                    await context.Response.WriteAsJsonAsync(new Seen(
                        name, context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                        context.Request.Headers.ToDictionary(
                            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                        body.ToArray()));
                }

                break;
        }
    }
}
