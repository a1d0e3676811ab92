using MassTransit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Services.Messaging.Tests;

/// <summary>The whole service, as it runs, with short times.</summary>
internal sealed class MessagingHost : WebApplicationFactory<SendMessageConsumer>
{
    private readonly Dictionary<string, string?> _settings;

    private readonly TaskCompletionSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new();

    private MessagingHost(Dictionary<string, string?> settings) => _settings = settings;

    public NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>Completes when the service has been asked to stop.</summary>
    public Task Stopping => _stopping.Task;

    public static async Task<MessagingHost> StartAsync(
        string database, Uri broker, string twilio, params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["ConnectionStrings:messagingdb"] = database,
            ["ConnectionStrings:rabbitmq"] = broker.AbsoluteUri,
            ["PublicUrl"] = "http://127.0.0.1:9",
            ["Twilio:AccountSid"] = FakeTwilio.AccountSid,
            ["Twilio:AuthToken"] = "first,second",
            ["Twilio:ApiBaseUrl"] = twilio,
            ["Sending:MinInterval"] = "00:00:00.020",
            ["Sending:CallLimit"] = "00:00:01",
            ["Sending:ReconcileAfter"] = "00:00:00.2",
            ["Sending:ReconcilePause"] = "00:00:00.05",
            ["Sending:SelfTestPause"] = "01:00:00", // one failure alone says nothing
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var host = new MessagingHost(all);
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Register(host._stopping.SetResult);
        lifetime.ApplicationStopped.Register(host._stopped.SetResult);
        var bus = host.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20));
        return host;
    }

    /// <summary>Stops as a signal would. The factory alone stops the host twice at once and disposes it between.</summary>
    public override async ValueTask DisposeAsync()
    {
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _stopped.Task;
        await base.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
    }
}
