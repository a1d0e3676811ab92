using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Npgsql;

namespace Services.Webhooks.Tests;

/// <summary>The service on a port of its own, called as Twilio calls it.</summary>
internal sealed class WebhookHost(Uri broker, string database) : WebApplicationFactory<TwilioWebhook>
{
    public const string PublicUrl = "https://campaigns.example.com";
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string Token = "0123456789abcdef0123456789abcdef";
    public const string GupshupSecret = "a-secret-of-gupshup";
    public const string Path = "/api/webhooks/twilio";

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public static WebhookHost Start(Uri broker, string database)
    {
        var host = new WebhookHost(broker, database);
        host.UseKestrel(0);
        host.StartServer();
        host.Http = host.CreateClient();
        host.Address = host.Http.BaseAddress!;
        return host;
    }

    public Task<HttpResponseMessage> PostAsync(
        IEnumerable<(string Name, string Value)> parameters, string target = Path, string token = Token)
    {
        var list = parameters.ToList();
        return PostAsync(Signer.FormOf(list), Signer.Sign(token, Signer.TextOf(PublicUrl + target, list)), target);
    }

    /// <summary>The body as it stands, with the signature as it stands, if any.</summary>
    public async Task<HttpResponseMessage> PostAsync(
        string body, string? signature, string target = Path, string type = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(type) },
            },
        };
        if (signature is not null)
        {
            request.Headers.Add("X-Twilio-Signature", signature);
        }

        return await Http.SendAsync(request);
    }

    public async Task<long> SpooledAsync()
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select count(*) from outbox");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static string NewSid() => $"SM{Guid.NewGuid():n}";

    public static (string Name, string Value)[] Message(string sid, params (string, string)[] more) =>
    [
        ("MessageSid", sid), ("SmsMessageSid", sid), ("SmsSid", sid), ("AccountSid", AccountSid),
        ("From", "whatsapp:+33639981234"), ("To", "whatsapp:+14155238886"), ("Body", "Où êtes-vous ? 😀"),
        ("NumMedia", "0"), ("NumSegments", "1"), ("ApiVersion", "2010-04-01"), ("SmsStatus", "received"),
        ("ProfileName", "Zoé"), .. more,
    ];

    public static (string Name, string Value)[] Status(string sid, string status, params (string, string)[] more) =>
    [
        ("MessageSid", sid), ("SmsSid", sid), ("AccountSid", AccountSid), ("MessageStatus", status),
        ("SmsStatus", status), ("From", "whatsapp:+14155238886"), ("To", "whatsapp:+33639981234"),
        ("ApiVersion", "2010-04-01"), ("ChannelPrefix", "whatsapp"), .. more,
    ];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:rabbitmq", broker.ToString());
        builder.UseSetting("ConnectionStrings:webhooksdb", database);
        builder.UseSetting("PublicUrl", PublicUrl);
        builder.UseSetting("Twilio:AccountSid", AccountSid);
        builder.UseSetting("Twilio:AuthToken", $"{Token}, the-next-token");
        builder.UseSetting("Gupshup:WebhookSecret", GupshupSecret);
        builder.UseSetting("Gupshup:PhoneNumber", "+33199000001");
        builder.UseSetting("Meta:AppSecret", "test-app-secret"); // the vectors'
        builder.UseSetting("Meta:VerifyToken", "test-verify-token");
    }
}
