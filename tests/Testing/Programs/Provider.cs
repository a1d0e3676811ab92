using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Testing;

/// <summary>A provider that runs apart from the system, so that the system takes it for Twilio.</summary>
public sealed class Provider : IAsyncDisposable
{
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(400);

    private readonly ProgramProcess _emulator;
    private readonly HttpClient _http;

    private Provider(ProgramProcess emulator, Uri address) =>
        (_emulator, Address, _http) = (emulator, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    public static string AccountSid { get; } = $"AC{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    public static string AuthToken { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What the local run needs to use it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["TWILIO_ACCOUNT_SID"] = AccountSid,
        ["TWILIO_AUTH_TOKEN"] = AuthToken,
        ["TWILIO_SANDBOX_JOIN_CODE"] = "green-river",
        ["TWILIO_API_BASE_URL"] = Address.ToString(),
        ["TWILIO_CONTENT_BASE_URL"] = Address.ToString(),
        ["MESSAGING_MIN_INTERVAL"] = MinInterval.ToString("c"),
    };

    /// <summary>What it has printed: its warnings.</summary>
    public IReadOnlyCollection<string> Output => _emulator.Lines;

    /// <param name="settings">Of the emulator, besides and instead of those here.</param>
    public static async Task<Provider> StartAsync(
        int gatewayPort, IReadOnlyDictionary<string, string>? settings = null)
    {
        var address = new Uri($"http://127.0.0.1:{LocalRun.FreePort()}");
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["Emulator__AccountSid"] = AccountSid,
            ["Emulator__AuthToken"] = AuthToken,
            ["Emulator__MinInterval"] = MinInterval.ToString("c"),
            ["Emulator__InboundWebhookUrl"] = $"http://localhost:{gatewayPort}/api/webhooks/twilio",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        var emulator = new ProgramProcess("ProviderEmulator", environment);
        var provider = new Provider(emulator, address);
        try
        {
            await Eventually.BecomesTrueAsync(provider.AnswersAsync, TimeSpan.FromSeconds(60), "the provider answers");
            return provider;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public async Task SetPhoneAsync(string number, object settings)
    {
        using var response = await _http.PutAsJsonAsync($"/phones/{Uri.EscapeDataString(number)}", settings);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What goes wrong from now on: the emulator's README.</summary>
    public async Task PlayAsync(object scenario)
    {
        using var response = await _http.PutAsJsonAsync("/scenario", scenario);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The phone's owner writes; the webhook is called so many times for the one message.</summary>
    public async Task ReplyAsync(string number, string text, int times = 1)
    {
        using var response = await _http.PostAsJsonAsync(
            $"/phones/{Uri.EscapeDataString(number)}/reply", new { text, times });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What the provider was asked to send, in the order of arrival.</summary>
    public async Task<IReadOnlyList<JsonNode>> SentAsync() =>
    [
        .. (await _http.GetFromJsonAsync<JsonArray>("/log"))!
            .Where(call => call!["method"]!.GetValue<string>() == "POST").Select(call => call!),
    ];

    /// <summary>The arrivals after the given number, read as the caller likes.</summary>
    public async Task<IReadOnlyList<T>> LogAsync<T>(long after = 0) =>
        (await _http.GetFromJsonAsync<T[]>($"/log?after={after}"))!;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _emulator.DisposeAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        _emulator.ThrowIfExited();
        try
        {
            using var response = await _http.GetAsync("/alive");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
