using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Messaging.Tests;

/// <summary>The provider alone, over real HTTP.</summary>
public sealed class TwilioProviderTests : IAsyncLifetime
{
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _end = new();
    private RequestDelegate _answer = _ => Task.CompletedTask;
    private int _requests;

    public TwilioProviderTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return _answer(context);
        });
    }

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server.DisposeAsync();
        _end.Dispose();
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
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task An_answer_that_drips_is_cut_off_at_the_limit_of_the_whole_call()
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
        _answer = context => context.Response.WriteAsync("""{ "sid": "SM1" }""");
        var provider = Provider(_server.Urls.Single());
        Assert.Equal(new SendResult.Accepted("SM1"), await provider.SendAsync(Order.Text("Bonjour"), AtOnce, default));

        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        Assert.IsType<SendResult.Unknown>(await provider.SendAsync(Order.Text("Bonjour"), AtOnce, default));
        Assert.Equal(2, _requests);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9")] // nobody listens
    [InlineData("https://127.0.0.1:{0}")] // no TLS there
    [InlineData("http://no-such-host.invalid")]
    public async Task Where_no_connection_comes_about_nothing_has_been_sent(string address)
    {
        var provider = Provider(string.Format(null, address, new Uri(_server.Urls.Single()).Port));

        Assert.False(Assert.IsType<SendResult.NotSent>(
            await provider.SendAsync(Order.Text("Bonjour"), AtOnce, default)).Connected);
    }

    [Fact]
    public async Task A_call_that_may_not_leave_any_more_is_never_seen_by_the_provider()
    {
        _answer = context => context.Response.WriteAsync("""{ "sid": "SM1" }""");
        var provider = Provider(_server.Urls.Single());

        Assert.True(Assert.IsType<SendResult.NotSent>(
            await provider.SendAsync(Order.Text("Bonjour"), () => Task.FromResult(false), default)).Connected);
        Assert.Equal(new SendResult.Accepted("SM1"), await provider.SendAsync(Order.Text("Bonjour"), AtOnce, default));
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task The_list_is_not_read_on_at_a_strangers_address()
    {
        _answer = context => context.Response.WriteAsync(
            """{ "messages": [], "next_page_uri": "http://localhost:9/2010-04-01/next" }""");

        await Assert.ThrowsAsync<ProviderSilentException>(ListAsync);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html/>")]
    [InlineData(302, "")]
    public async Task A_list_that_cannot_be_read_says_nothing(int status, string body)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };

        await Assert.ThrowsAsync<ProviderSilentException>(ListAsync);
    }

    [Fact]
    public async Task A_list_that_does_not_end_says_nothing()
    {
        _answer = context => context.Response.WriteAsync(
            """{ "messages": [], "next_page_uri": "/2010-04-01/again" }""");

        await Assert.ThrowsAsync<ProviderSilentException>(ListAsync);
        Assert.InRange(_requests, 2, 20);
    }

    private static Task<bool> AtOnce() => Task.FromResult(true);

    private Task<SendResult> SendAsync() =>
        Provider(_server.Urls.Single()).SendAsync(Order.Text("Bonjour"), AtOnce, CancellationToken.None);

    private async Task ListAsync()
    {
        var filter = new MessageFilter(Order.Number(), Order.Number(), DateTimeOffset.UnixEpoch);
        await foreach (var _ in Provider(_server.Urls.Single()).ListAsync(filter, CancellationToken.None))
        {
        }
    }

    private static IMessageProvider Provider(string address)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["PublicUrl"] = "http://127.0.0.1:9",
                ["Twilio:AccountSid"] = FakeTwilio.AccountSid,
                ["Twilio:AuthToken"] = "token",
                ["Twilio:ApiBaseUrl"] = address,
                ["Sending:CallLimit"] = "00:00:00.5",
            }).Build());
        services.AddSingleton(TimeProvider.System);
        SendingOptions.Register(services);
        TwilioProvider.Register(services);
        return services.BuildServiceProvider().GetRequiredService<IMessageProvider>();
    }
}
