using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Webhooks;

/// <summary>
/// The route that Meta calls: once to see whether we are who we say, then with what happened, signed over the bytes as
/// they came.
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
/// </summary>
internal sealed class MetaWebhook(IOptions<MetaOptions> options, EventPublisher publisher, TimeProvider clock)
{
    public const string Header = "X-Hub-Signature-256";

    /// <summary>Meta sends up to 3 MB at once.</summary>
    public const int MaxBody = 4 << 20;

    private const string Scheme = "sha256=";

    private readonly byte[]? _secret = options.Value.AppSecret is { Length: > 0 } secret
        ? Encoding.UTF8.GetBytes(secret)
        : null;

    private readonly byte[]? _token = options.Value.VerifyToken is { Length: > 0 } token
        ? SHA256.HashData(Encoding.UTF8.GetBytes(token))
        : null;

    /// <summary>The subscription's challenge, which carries no signature.</summary>
    public Task SubscribeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(query["hub.verify_token"].ToString()));
        if (query["hub.mode"] != "subscribe" || _token is null || !CryptographicOperations.FixedTimeEquals(given, _token))
        {
            return WebhookBody.RefuseAsync(
                context, StatusCodes.Status403Forbidden, "hub.mode or hub.verify_token is not what it should be.");
        }

        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(query["hub.challenge"].ToString(), context.RequestAborted);
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (await WebhookBody.CopyAsync(context, MaxBody) is not { } body)
        {
            await WebhookBody.RefuseAsync(
                context, StatusCodes.Status413PayloadTooLarge, $"Send at most {MaxBody} bytes.");
            return;
        }

        if (!IsSigned(context.Request.Headers[Header].ToString(), body))
        {
            await WebhookBody.RefuseAsync(context, StatusCodes.Status403Forbidden, $"{Header} is missing or wrong.");
            return;
        }

        if (WebhookJson.Parse(body) is not { } root)
        {
            await Problems.Field("body", "The body is no JSON.").ExecuteAsync(context);
            return;
        }

        var events = MetaEvents.Direct.Read(root, clock.GetUtcNow());
        await WebhookBody.AnswerAsync(context, await publisher.TryKeepAsync(MetaEvents.Name, events));
    }

    private bool IsSigned(string header, byte[] body)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        return _secret is not null && header.StartsWith(Scheme, StringComparison.Ordinal)
            && header.Length == Scheme.Length + (2 * given.Length)
            && Convert.FromHexString(header.AsSpan(Scheme.Length), given, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(_secret, body));
    }
}

/// <summary>The <c>Meta</c> section, as far as it concerns webhooks.</summary>
internal sealed class MetaOptions
{
    /// <summary>Signs what comes. Without one every call is refused.</summary>
    public string AppSecret { get; set; } = "";

    /// <summary>A word of ours that is entered at Meta with the address.</summary>
    public string VerifyToken { get; set; } = "";
}
