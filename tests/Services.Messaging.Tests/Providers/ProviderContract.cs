using System.Collections.Concurrent;
using System.Text.Json;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Messaging.Tests;

/// <summary>An answer in a provider's dialect.</summary>
internal sealed record Reply(int Status, string Body)
{
    /// <summary>The header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>What the dictionary has for it.</summary>
    public string Code { get; init; } = "";
}

/// <summary>
/// What is expected of every provider, over real HTTP: each call has one outcome, the true one, and tells no secrets.
/// A further provider is a folder of Services.Messaging and a class beside this one that tells how it speaks.
/// </summary>
public abstract class ProviderContract : IAsyncLifetime
{
    internal const string Secret = "s3cr3t-of-ours";

    private const string Text = "L'été chez Zoé";

    private readonly WebApplication _server;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Arrived> _arrived = new();
    private RequestDelegate _answer = _ => Task.CompletedTask;

    protected ProviderContract()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _arrived.Enqueue(new(context.Request, await reader.ReadToEndAsync(), IsAuthorised(context.Request)));
            await _answer(context);
        });
    }

    internal abstract string Name { get; }

    /// <summary>Among them <see cref="Secret"/>, as what is secret.</summary>
    internal abstract Dictionary<string, string?> Settings(string address);

    internal abstract string Path(SendMessage order);

    internal abstract bool IsAuthorised(HttpRequest request);

    internal abstract Reply Acceptance(string id);

    /// <summary>No attempt with the same message can help.</summary>
    internal abstract Reply Refusal { get; }

    /// <summary>The sender is too fast.</summary>
    internal abstract Reply Throttling { get; }

    /// <summary>What our webhook answers to the self-test, and with which status it refuses others.</summary>
    internal abstract (string Header, string Value, string Body) Proof(HttpRequest request, string body);

    internal abstract int WebhookRefusal { get; }

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server.DisposeAsync();
        _end.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_message_that_is_taken_has_the_providers_id(bool template)
    {
        var order = template ? Order.Template(new() { ["1"] = "Zoé" }) : Order.Text(Text);
        Answers(Acceptance("id-1"));

        Assert.Equal(new SendResult.Accepted("id-1"), await SendAsync(order));
        var arrived = Assert.Single(_arrived);
        Assert.Equal(("POST", Path(order), true), (arrived.Method, arrived.Path, arrived.IsAuthorised));
        Assert.Contains(order.To[1..], arrived.Body, StringComparison.Ordinal);
        Assert.Contains(template ? Order.ContentSid : "Zo", arrived.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_for_good_has_a_code_that_no_retry_helps()
    {
        Answers(Refusal);

        Assert.Equal(new SendResult.Refused(Refusal.Code), await SendAsync());
        Assert.True(ProviderErrors.Find(Name, Refusal.Code).Permanent);
    }

    [Theory]
    [InlineData(null, 1, 60)]
    [InlineData("7", 7, 7)]
    [InlineData("864000", 3600, 3600)]
    public async Task Who_is_too_fast_waits_as_long_as_the_provider_wants_and_tries_again(
        string? retryAfter, int least, int most)
    {
        Answers(Throttling with { RetryAfter = retryAfter });

        var refused = Assert.IsType<SendResult.Refused>(await SendAsync());
        Assert.Equal(Throttling.Code, refused.Code);
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
        Assert.Equal(RetryAdvice.Backoff, ProviderErrors.Find(Name, refused.Code).Retry);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(500, "<html>Internal Server Error</html>")]
    [InlineData(502, "<html>Bad Gateway</html>")]
    [InlineData(503, "{}")]
    [InlineData(504, "")]
    [InlineData(200, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "null")]
    [InlineData(200, "[]")]
    [InlineData(200, "<html>A proxy's page</html>")]
    public async Task A_fault_and_a_success_without_an_id_leave_the_outcome_unknown(int status, string body)
    {
        Answers(new(status, body));

        Assert.IsType<SendResult.Unknown>(await SendAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_that_nobody_understands_is_named_after_its_status(int status)
    {
        Answers(new(status, "<html>No</html>"));

        Assert.Equal(new SendResult.Refused($"http_{status}"), await SendAsync());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _answer = context =>
        {
            context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };

        Assert.Equal(new SendResult.Refused("http_307"), await SendAsync());
        Assert.Single(_arrived);
    }

    [Fact]
    public async Task Silence_and_an_answer_that_drips_are_cut_off_at_the_limit_of_the_whole_call()
    {
        _answer = async context =>
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Token);
            while (!end.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", end.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, end.Token);
            }
        };
        var begun = TimeProvider.System.GetTimestamp();

        Assert.Equal(new SendResult.Unknown("no answer within 0.5 s"), await SendAsync());
        Assert.InRange(
            TimeProvider.System.GetElapsedTime(begun), TimeSpan.FromSeconds(0.45), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_into_memory()
    {
        _answer = async context =>
        {
            var junk = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            }
        };

        Assert.IsType<SendResult.Unknown>(await SendAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_request_leaves_the_outcome_unknown_and_is_not_repeated()
    {
        // The second call finds a pooled connection, which a client may be tempted to replace silently.
        var provider = Provider(_server.Urls.Single());
        Answers(Acceptance("id-1"));
        Assert.Equal(new SendResult.Accepted("id-1"), await provider.SendAsync(Order.Text(Text), AtOnce, default));

        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        Assert.IsType<SendResult.Unknown>(await provider.SendAsync(Order.Text(Text), AtOnce, default));
        Assert.Equal(2, _arrived.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9")] // nobody listens
    [InlineData("https://127.0.0.1:{0}")] // no TLS there
    [InlineData("http://no-such-host.invalid")]
    public async Task Where_no_connection_comes_about_nothing_has_been_sent(string address)
    {
        var provider = Provider(string.Format(null, address, new Uri(_server.Urls.Single()).Port));

        Assert.False(Assert.IsType<SendResult.NotSent>(
            await provider.SendAsync(Order.Text(Text), AtOnce, default)).Connected);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_call_that_may_not_leave_any_more_is_never_seen_by_the_provider(bool template)
    {
        var order = template ? Order.Template(new() { ["1"] = "Zoé" }) : Order.Text(Text);
        Answers(Acceptance("id-1"));
        var provider = Provider(_server.Urls.Single());

        Assert.True(Assert.IsType<SendResult.NotSent>(
            await provider.SendAsync(order, () => Task.FromResult(false), default)).Connected);
        Assert.Empty(_arrived);
        Assert.Equal(new SendResult.Accepted("id-1"), await provider.SendAsync(order, AtOnce, default));
        Assert.Single(_arrived);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Whatever_the_provider_repeats_no_secret_and_nobodys_message_gets_into_an_outcome(int status)
    {
        var order = Order.Text(Text);
        var echo = $"{Secret} {order.To} {Text}";
        Answers(new(status, JsonSerializer.Serialize(
            new { status = "error", message = echo, error = new { message = echo, type = echo } })));

        var outcome = (await SendAsync(order)).ToString()!;

        Assert.DoesNotContain(Secret, outcome, StringComparison.Ordinal);
        Assert.DoesNotContain(order.To[1..], outcome, StringComparison.Ordinal);
        Assert.DoesNotContain("Zo", outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_webhook_is_known_by_its_proof_and_nothing_else_passes_for_it()
    {
        var address = _server.Urls.Single();
        _answer = context =>
        {
            var (header, value, body) = Proof(context.Request, _arrived.Last().Body);
            context.Response.Headers[header] = value;
            return context.Response.WriteAsync(body);
        };
        Assert.Null(await CheckAsync());

        Answers(new(200, "<html>A tunnel's page</html>"));
        Assert.Equal("not_ours", await CheckAsync());
        Answers(new(WebhookRefusal, ""));
        Assert.Equal("refused", await CheckAsync());
        Answers(new(502, ""));
        Assert.Equal("no_answer", await CheckAsync());
        Assert.Equal("no_connection", await Provider(address, "http://127.0.0.1:9").CheckWebhookAsync(default));
        Assert.Equal(
            "private_address", await Provider("https://provider.example", address).CheckWebhookAsync(default));
        Assert.All(_arrived, arrived => Assert.Equal($"/api/webhooks/{Name}", arrived.Path));

        Task<string?> CheckAsync() => Provider(address, address).CheckWebhookAsync(default);
    }

    [Fact]
    public void It_is_known_to_the_dictionary_and_chosen_by_its_name()
    {
        var provider = Provider("http://127.0.0.1:9");

        Assert.Equal(Name, provider.Name);
        Assert.NotEqual(
            ProviderErrors.Find(null, Refusal.Code).English.Title,
            ProviderErrors.Find(Name, Refusal.Code).English.Title);
    }

    private static Task<bool> AtOnce() => Task.FromResult(true);

    private void Answers(Reply reply) => _answer = context =>
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "text/html"; // Gupshup's guide has it so for JSON
        if (reply.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = reply.RetryAfter;
        }

        return context.Response.WriteAsync(reply.Body);
    };

    private Task<SendResult> SendAsync(SendMessage? order = null) =>
        Provider(_server.Urls.Single()).SendAsync(order ?? Order.Text(Text), AtOnce, CancellationToken.None);

    private IMessageProvider Provider(string address, string publicUrl = "http://127.0.0.1:9")
    {
        var settings = Settings(address);
        settings["PublicUrl"] = publicUrl;
        settings["Sending:Provider"] = Name;
        settings["Sending:CallLimit"] = "00:00:00.5";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System);
        SendingOptions.Register(services);
        Providers.Register(services, configuration);
        return services.BuildServiceProvider().GetRequiredService<IMessageProvider>();
    }

    private sealed record Arrived(string Method, string Path, string Body, bool IsAuthorised)
    {
        public Arrived(HttpRequest request, string body, bool isAuthorised)
            : this(request.Method, request.Path, body, isAuthorised)
        {
        }
    }
}
