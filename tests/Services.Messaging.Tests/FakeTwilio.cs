using System.Collections.Concurrent;
using System.Globalization;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Messaging.Tests;

/// <summary>A call as it arrived: message and attempt from its callback address.</summary>
internal sealed record Arrival(
    Guid MessageId, int Attempt, long Stamp, string Authorization, IFormCollection Form);

/// <summary>Twilio's Messages API over real HTTP, answering each recipient by a script of the test.</summary>
public sealed class FakeTwilio : IAsyncDisposable
{
    internal const string AccountSid = "AC00000000000000000000000000000001";

    private const int LongestPage = 20;

    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _scripts = new();
    private readonly ConcurrentDictionary<string, Kept> _kept = new();
    private readonly ConcurrentQueue<string> _reads = new();
    private readonly ConcurrentDictionary<string, bool> _lists = new();
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    /// <summary>What stands at the public address.</summary>
    internal Func<HttpContext, Task> Webhook { get; set; } = TunnelPage;

    internal static Task TunnelPage(HttpContext context) => context.Response.WriteAsync("<html>A tunnel's page.</html>");

    internal string Address => _app!.Urls.Single();

    public async ValueTask StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", ReceiveAsync);
        _app.MapGet("/2010-04-01/Accounts/{account}/Messages.json", List);
        _app.MapGet("/2010-04-01/Accounts/{account}/Messages/{sid}.json", (string sid) =>
        {
            _reads.Enqueue(sid);
            return _kept.TryGetValue(sid, out var message) ? Results.Json(message.Resource) : Results.StatusCode(404);
        });
        _app.MapPost("/api/webhooks/twilio", context => Webhook(context));
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _stopping.Dispose();
    }

    internal IReadOnlyList<Arrival> Arrivals(Guid messageId) =>
        [.. _arrivals.Where(arrival => arrival.MessageId == messageId)];

    internal IReadOnlyList<Arrival> AllArrivals => [.. _arrivals];

    /// <summary>How calls for this recipient are answered; without a script they are accepted.</summary>
    internal void Answer(string to, Func<HttpContext, Task> script) => _scripts["whatsapp:" + to] = script;

    /// <summary>Whether the list of messages to this recipient can be read.</summary>
    internal void BreakList(string to, bool broken) => _lists["whatsapp:" + to] = broken;

    /// <summary>Whether the list of all messages of this sender can be read.</summary>
    internal void BreakListOf(string from, bool broken) => _lists["whatsapp:" + from] = broken;

    /// <summary>The queries of all lists, and the SIDs of all single messages, that have been read.</summary>
    internal IReadOnlyList<string> Reads => [.. _reads];

    internal string Create(
        string from, string to, DateTimeOffset createdAt, string? text = null, string status = "queued",
        bool inbound = false)
    {
        var sid = $"SM{Guid.NewGuid():n}";
        _kept[sid] = new(sid, "whatsapp:" + from, "whatsapp:" + to, createdAt, text, status, null, inbound);
        return sid;
    }

    /// <summary>What became of a message, which no callback tells.</summary>
    internal void Become(string sid, string status, int? errorCode = null) =>
        _kept[sid] = _kept[sid] with { Status = status, ErrorCode = errorCode };

    internal Task AcceptAsync(HttpContext context) =>
        Results.Json(new { sid = Accept(context), status = "queued" }, statusCode: 201).ExecuteAsync(context);

    internal static Func<HttpContext, Task> Refuse(int status, int? code, string? retryAfter = null) => context =>
    {
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return (code is null
            ? Results.Content("<html>no</html>", "text/html", statusCode: status)
            : Results.Json(new { code, message = "no", status }, statusCode: status)).ExecuteAsync(context);
    };

    internal static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>The worst case: the message is on its way and the answer is lost.</summary>
    internal Task AcceptAndReset(HttpContext context)
    {
        Accept(context);
        return Reset(context);
    }

    internal async Task Silence(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        var ended = new TaskCompletionSource();
        await using var registration = end.Token.Register(ended.SetResult);
        await ended.Task;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var stamp = TimeProvider.System.GetTimestamp();
        var form = await context.Request.ReadFormAsync();
        var query = HttpUtility.ParseQueryString(new Uri(form["StatusCallback"].ToString()).Query);
        var to = form["To"].ToString();
        _arrivals.Enqueue(new(
            Guid.Parse(query["m"]!), int.Parse(query["a"]!, CultureInfo.InvariantCulture), stamp,
            context.Request.Headers.Authorization.ToString(), form));
        await _scripts.GetValueOrDefault(to, AcceptAsync)(context);
    }

    private string Accept(HttpContext context)
    {
        var form = context.Request.Form;
        var text = form.TryGetValue("ContentVariables", out var values)
            ? $"Template with {values}"
            : form["Body"].ToString();
        return Create(
            form["From"].ToString()["whatsapp:".Length..], form["To"].ToString()["whatsapp:".Length..],
            TimeProvider.System.GetUtcNow(), text);
    }

    private IResult List(HttpContext context, string? to, string? from, int pageSize, int page = 0)
    {
        _reads.Enqueue(context.Request.QueryString.Value!);
        if (_lists.GetValueOrDefault(to ?? from ?? "") || to is null && _arrivals.Any(
            arrival => arrival.Form["From"] == from && _lists.GetValueOrDefault(arrival.Form["To"].ToString())))
        {
            return Results.StatusCode(500);
        }

        var size = Math.Min(pageSize, to is null || from is null ? LongestPage : 2);
        var all = _kept.Values
            .Where(message => (to is null || message.To == to) && (from is null || message.From == from))
            .OrderByDescending(message => message.CreatedAt).ToList();
        var next = $"{context.Request.Path}?PageSize={pageSize}&Page={page + 1}"
            + (to is null ? "" : $"&To={Uri.EscapeDataString(to)}")
            + (from is null ? "" : $"&From={Uri.EscapeDataString(from)}");
        return Results.Json(new
        {
            messages = all.Skip(page * size).Take(size).Select(message => message.Resource),
            next_page_uri = all.Count > (page + 1) * size ? next : null,
        });
    }

    private sealed record Kept(
        string Sid, string From, string To, DateTimeOffset CreatedAt, string? Text, string Status, int? ErrorCode,
        bool Inbound)
    {
        public object Resource => new
        {
            sid = Sid,
            from = From,
            to = To,
            body = Text,
            status = Status,
            error_code = ErrorCode,
            direction = Inbound ? "inbound" : "outbound-api",
            num_media = "0",
            date_created = CreatedAt.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
        };
    }
}
