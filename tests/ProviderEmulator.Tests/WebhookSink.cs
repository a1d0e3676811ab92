using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace ProviderEmulator.Tests;

internal sealed record WebhookCall(
    string Target, Dictionary<string, string> Form, IReadOnlyDictionary<string, string> Headers)
{
    public string this[string name] => Form.GetValueOrDefault(name, "");

    public string Status => this["MessageStatus"];

    /// <summary>As it came, byte for byte.</summary>
    public byte[] Body { get; init; } = [];

    public JsonElement Json => JsonElement.Parse(Body);
}

/// <summary>Takes the emulator's webhooks, as a real server on a free port.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentQueue<WebhookCall> _calls = new();

    private WebhookSink(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public IReadOnlyList<WebhookCall> Calls => [.. _calls];

    /// <summary>What to answer, by the number of the call, from 0.</summary>
    public Func<int, int> Answer { get; set; } = _ => StatusCodes.Status204NoContent;

    public static async Task<WebhookSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new WebhookSink(builder.Build());
        sink._app.Run(sink.TakeAsync);
        await sink._app.StartAsync();
        return sink;
    }

    /// <summary>Waits until so many calls have come in all.</summary>
    public async Task<IReadOnlyList<WebhookCall>> WaitForAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (_calls.Count < count)
        {
            try
            {
                await _arrived.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                var came = string.Join(", ", _calls.Select(call => call.Status));
                Assert.Fail($"{_calls.Count} of {count} calls came: {came}");
            }
        }

        return Calls;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var copy = new MemoryStream();
        await http.Request.Body.CopyToAsync(copy);
        var body = copy.ToArray();
        var form = http.Request.HasFormContentType ? new FormReader(Encoding.UTF8.GetString(body)).ReadForm() : [];
        http.Response.StatusCode = Answer(_calls.Count);
        _calls.Enqueue(new WebhookCall(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()))
        {
            Body = body,
        });
        _arrived.Release();
    }
}
