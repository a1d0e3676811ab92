using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gateway.Tests;

/// <summary>The gateway on a real port, with the intents of those who call it.</summary>
internal sealed class RunningGateway : WebApplicationFactory<Users>
{
    public const string Password = "correct horse battery staple";

    private readonly Dictionary<string, string?> _settings;

    private RunningGateway(Dictionary<string, string?> settings) => _settings = settings;

    public MovingClock Clock { get; } = new();

    public NpgsqlDataSource Database { get; private init; } = null!;

    public static RunningGateway Start(
        string database, Dictionary<string, string?>? settings = null, Action<KestrelServerOptions>? kestrel = null)
    {
        var gateway = new RunningGateway(new(settings ?? [])
        {
            ["ConnectionStrings:gatewaydb"] = database,
            ["Auth:AdminPassword"] = settings is not null && settings.TryGetValue("Auth:AdminPassword", out var password)
                ? password
                : Password,
        })
        { Database = NpgsqlDataSource.Create(database) };
        gateway.UseKestrel(kestrel ?? (options => options.Listen(IPAddress.Loopback, 0)));
        gateway.StartServer();
        return gateway;
    }

    /// <summary>A caller without cookies of its own and without redirections.</summary>
    public HttpClient Anyone() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, own, _, _) => own?.Subject == "CN=localhost" },
    })
    { BaseAddress = ClientOptions.BaseAddress };

    public static Task<HttpResponseMessage> LoginAsync(HttpClient client, string userName, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { userName, password });

    /// <summary>A session: the cookie's name and value.</summary>
    public async Task<string> CookieAsync()
    {
        using var client = Anyone();
        using var answer = await LoginAsync(client, "admin", Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public async Task<HttpClient> SignedInAsync()
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Add("Cookie", await CookieAsync());
        return client;
    }

    public async Task<JsonElement> CreateKeyAsync(string role, DateTimeOffset? expiresAt = null)
    {
        using var admin = await SignedInAsync();
        using var answer = await admin.PostAsJsonAsync("/api/auth/api-keys", new { name = "CI", role, expiresAt });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A program that shows a key of this role.</summary>
    public async Task<HttpClient> WithKeyAsync(string role) =>
        WithKey((await CreateKeyAsync(role)).GetProperty("key").GetString()!);

    public HttpClient WithKey(string key)
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Sends these very bytes and reads to the end of the connection.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(ClientOptions.BaseAddress.Host, ClientOptions.BaseAddress.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    /// <summary>A row or value as its text in PostgreSQL.</summary>
    public async Task<string?> QueryAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)));
    }
}

/// <summary>Today, standing still until moved on.</summary>
internal sealed class MovingClock : TimeProvider
{
    private DateTimeOffset _now = System.GetUtcNow();

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;
}

/// <summary>A gateway and its services, shared by the tests of a class that leave it as it was.</summary>
public sealed class GatewayFixture(Testing.DatabaseFixture databases) : IAsyncLifetime
{
    internal Backend Campaigns { get; private set; } = null!;

    internal Backend Messaging { get; private set; } = null!;

    internal Backend Webhooks { get; private set; } = null!;

    internal RunningGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Campaigns = await Backend.StartAsync("campaigns");
        Messaging = await Backend.StartAsync("messaging");
        Webhooks = await Backend.StartAsync("webhooks");
        Gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = Campaigns.Address.AbsoluteUri,
            ["services:messaging:http:0"] = Messaging.Address.AbsoluteUri,
            ["services:webhooks:http:0"] = Webhooks.Address.AbsoluteUri,
            ["Cors:AllowedOrigins"] = "https://app.example.com, http://localhost:3000",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Campaigns.DisposeAsync();
        await Messaging.DisposeAsync();
        await Webhooks.DisposeAsync();
    }
}
