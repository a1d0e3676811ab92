using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Testing;

/// <summary>The whole system as a user starts it, in a data folder of its own, and its gateway's API.</summary>
public sealed class LocalRun : IAsyncDisposable
{
    public const string AdminPassword = "only-for-this-test";
    private static readonly string[] Variables = ["1", "2"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly ProgramProcess _appHost;
    private readonly DirectoryInfo _data;
    private readonly HttpClient _http;

    private LocalRun(ProgramProcess appHost, DirectoryInfo data, Uri gateway) =>
        (_appHost, _data, Gateway, _http) = (appHost, data, gateway, new HttpClient { BaseAddress = gateway });

    public Uri Gateway { get; }

    public IReadOnlyCollection<string> Output => _appHost.Lines;

    /// <summary>The AppHost's own process; all others of the run are below it.</summary>
    public int ProcessId => _appHost.Id;

    public string DataFolder => _data.FullName;

    public static async Task<LocalRun> StartAsync(
        int port, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var data = Directory.CreateTempSubdirectory("campaigns-e2e-");
        var environment = new Dictionary<string, string>(settings)
        {
            ["GATEWAY_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["CAMPAIGNS_DATA_DIR"] = data.FullName,
            ["CAMPAIGNS_ADMIN_PASSWORD"] = AdminPassword,
        };
        var run = new LocalRun(
            new("AppHost", environment, arguments), data, new($"http://localhost:{port}"));
        try
        {
            await Eventually.BecomesTrueAsync(run.IsHealthyAsync, StartLimit, "GET /health = 200");
            await run.PostAsync("/api/auth/login", new { userName = "admin", password = AdminPassword });
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        return await ReadAsync(response);
    }

    /// <summary>A draft with a Message 2; its id.</summary>
    /// <param name="name">Of the campaign.</param>
    /// <param name="audience">As the API takes it.</param>
    /// <param name="contentSid">The emulator's appointment reminder, under the provider's id.</param>
    public async Task<string> CreateCampaignAsync(
        string name, object audience, string contentSid = "HXb5b62575e6e4ff6129ad7c8efe1f983e")
    {
        var template = await PostAsync("/api/templates", new
        {
            name = "Rendez-vous",
            contentSid,
            language = "en",
            body = "Your appointment is coming up on {{1}} at {{2}}.",
            variables = Variables,
        });
        var campaign = await PostAsync("/api/campaigns", new
        {
            name,
            message1 = new
            {
                templateId = template["id"]!.GetValue<Guid>(),
                variables = new Dictionary<string, string> { ["1"] = "{{firstName}}", ["2"] = "15h" },
            },
            message2 = new { body = "Merci {{firstName}} !", withinHours = 24 },
            audience,
        });
        return campaign["id"]!.GetValue<string>();
    }

    /// <summary>The statistics, once they are as expected.</summary>
    public Task<JsonNode> StatsAsync(string campaign, string what, Func<JsonNode, bool> expected) =>
        Eventually.ReturnsAsync(
            () => GetAsync($"/api/campaigns/{campaign}/stats"), expected, TimeSpan.FromSeconds(60), what);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _appHost.DisposeAsync();
        _data.Delete(recursive: true);
    }

    public async Task<bool> IsHealthyAsync()
    {
        _appHost.ThrowIfExited();
        try
        {
            using var response = await _http.GetAsync("/health");
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            // A port that nobody listens at yet may connect to itself.
            return false;
        }
    }

    private async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new HttpRequestException(
                $"{(int)response.StatusCode} {text}\n{_appHost.Tail}", null, response.StatusCode);
    }
}
