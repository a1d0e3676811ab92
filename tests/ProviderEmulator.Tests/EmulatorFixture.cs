using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ProviderEmulator.Tests;

/// <summary>A running emulator on a free port, with a webhook that takes its calls.</summary>
internal sealed class EmulatorFixture : WebApplicationFactory<EmulatorOptions>
{
    public const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    public const string AuthToken = "the token of the tests";
    public const string Sender = "whatsapp:+14155238886";
    public const string Phone = "+33612345678";
    public const string Messages = $"/2010-04-01/Accounts/{AccountSid}/Messages.json";
    public const string Appointment = "HXb5b62575e6e4ff6129ad7c8efe1f983e";

    private readonly Dictionary<string, string> _settings;

    private EmulatorFixture(WebhookSink sink, Dictionary<string, string> settings)
    {
        Sink = sink;
        _settings = settings;

        // With a port instead, the factory would set it while the server may be starting already.
        // https://github.com/dotnet/aspnetcore/pull/67714
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        StartServer();
        Address = ClientOptions.BaseAddress;

        Twilio = NewClient();
        Twilio.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:{AuthToken}")));
        Control = NewClient();
    }

    public Calendar Clock { get; } = new();

    public WebhookSink Sink { get; }

    public Uri Address { get; }

    /// <summary>A client of Twilio's API, with the right credentials.</summary>
    public HttpClient Twilio { get; }

    public HttpClient Control { get; }

    public static async Task<EmulatorFixture> StartAsync(params (string Name, string Value)[] settings) =>
        new(await WebhookSink.StartAsync(), settings.ToDictionary(setting => setting.Name, setting => setting.Value));

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };

    public async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] form) =>
        await Twilio.PostAsync(Messages, new FormUrlEncodedContent(
            form.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>A text to a phone, with a status callback.</summary>
    public Task<HttpResponseMessage> SendAsync(
        string text = "Bonjour", string to = Phone, string callback = "status",
        params (string Name, string Value)[] more) =>
        PostAsync([
            ("To", $"whatsapp:{to}"), ("From", Sender), ("Body", text),
            ("StatusCallback", new Uri(Sink.Address, callback).AbsoluteUri), .. more]);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Twilio.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await JsonAsync(response);
    }

    /// <summary>The message of this answer, once it has this status.</summary>
    public async Task<JsonElement> BecomesAsync(string status, HttpResponseMessage created)
    {
        var message = await JsonAsync(created);
        var uri = message.GetProperty("uri").GetString()!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (message.GetProperty("status").GetString() != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
            message = await GetAsync(uri);
        }

        return message;
    }

    public async Task<JsonElement> SetPhoneAsync(object settings, string number = Phone)
    {
        using var response = await Control.PutAsJsonAsync($"/phones/{number}", settings);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await JsonAsync(response);
    }

    /// <summary>What the phone writes.</summary>
    public async Task ReplyAsync(string text)
    {
        using var response = await Control.PostAsJsonAsync($"/phones/{Phone}/reply", new { text });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <summary>That a webhook's call is signed for the address at which it came.</summary>
    public void AssertSigned(WebhookCall call) => Assert.Equal(
        TwilioSignature.Sign(AuthToken, new Uri(Sink.Address, call.Target).AbsoluteUri, call.Form),
        call.Headers["X-Twilio-Signature"]);

    public async Task PlayAsync(object scenario)
    {
        using var response = await Control.PutAsJsonAsync("/scenario", scenario);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public async Task<JsonElement> LogAsync() => await Control.GetFromJsonAsync<JsonElement>("/log");

    /// <summary>The texts of a list of messages.</summary>
    public static IEnumerable<string?> Bodies(JsonElement list) =>
        list.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("body").GetString());

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());

    /// <summary>That Twilio's error shape says this.</summary>
    public static async Task AssertErrorAsync(HttpResponseMessage response, int status, int? code)
    {
        var error = await JsonAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal(code, error.TryGetProperty("code", out var actual) ? actual.GetInt32() : null);
        Assert.Equal(
            code is null ? null : $"https://www.twilio.com/docs/errors/{code}",
            error.TryGetProperty("more_info", out var link) ? link.GetString() : null);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sink.DisposeAsync();
        Twilio.Dispose();
        Control.Dispose();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        var defaults = new Dictionary<string, string>
        {
            ["AccountSid"] = AccountSid,
            ["AuthToken"] = AuthToken,
            ["JoinCode"] = "calm-lake",
            ["InboundWebhookUrl"] = new Uri(Sink.Address, "inbound?from=sandbox").AbsoluteUri,
            ["MinInterval"] = "00:00:00",
            ["SentAfter"] = "00:00:00",
            ["DeliveredAfter"] = "00:00:00.010",
            ["ReadAfter"] = "00:00:00.020",
        };

        foreach (var (name, value) in defaults.Concat(_settings))
        {
            builder.UseSetting($"Emulator:{name}", value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Clock));
    }
}
