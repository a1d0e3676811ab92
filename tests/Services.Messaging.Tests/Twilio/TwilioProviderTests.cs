using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Messaging.Tests;

/// <summary>Its list, over real HTTP; its calls are in <see cref="TwilioContractTests"/>.</summary>
public sealed class TwilioProviderTests : IAsyncLifetime
{
    private readonly WebApplication _server;
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

    public ValueTask DisposeAsync() => _server.DisposeAsync();

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
