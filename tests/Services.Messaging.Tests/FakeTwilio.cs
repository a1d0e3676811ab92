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

    private const int PageSize = 2;

    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _scripts = new();
    private readonly ConcurrentQueue<(string Sid, string From, string To, DateTimeOffset CreatedAt)> _created = new();
    private readonly ConcurrentDictionary<string, bool> _lists = new();
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    internal string Address => _app!.Urls.Single();

    public async ValueTask StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", ReceiveAsync);
        _app.MapGet("/2010-04-01/Accounts/{account}/Messages.json", List);
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

    internal string Create(string from, string to, DateTimeOffset createdAt)
    {
        var sid = $"SM{Guid.NewGuid():n}";
        _created.Enqueue((sid, "whatsapp:" + from, "whatsapp:" + to, createdAt));
        return sid;
    }

    internal Task AcceptAsync(HttpContext context)
    {
        var form = context.Request.Form;
        var sid = Create(
            form["From"].ToString()["whatsapp:".Length..], form["To"].ToString()["whatsapp:".Length..],
            TimeProvider.System.GetUtcNow());
        return Results.Json(new { sid, status = "queued" }, statusCode: 201).ExecuteAsync(context);
    }

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
        var form = context.Request.Form;
        Create(
            form["From"].ToString()["whatsapp:".Length..], form["To"].ToString()["whatsapp:".Length..],
            TimeProvider.System.GetUtcNow());
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

    private IResult List(HttpContext context, string? to, string from, int page = 0)
    {
        if (_lists.GetValueOrDefault(to ?? from))
        {
            return Results.StatusCode(500);
        }

        var all = _created.Where(message => (to is null || message.To == to) && message.From == from)
            .OrderByDescending(message => message.CreatedAt).ToList();
        var query = (to is null ? "?" : $"?To={Uri.EscapeDataString(to)}&")
            + $"From={Uri.EscapeDataString(from)}&Page={page + 1}";
        return Results.Json(new
        {
            messages = all.Skip(page * PageSize).Take(PageSize).Select(message => new
            {
                sid = message.Sid,
                date_created = message.CreatedAt.ToString(
                    "ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
            }),
            next_page_uri = all.Count > (page + 1) * PageSize ? context.Request.Path + query : null,
        });
    }
}
