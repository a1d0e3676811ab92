using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Webhooks;

/// <summary>
/// The route that Gupshup calls. It signs nothing, so a secret of ours stands in the address that is entered at
/// Gupshup, or in a header where it lets one be set. https://docs.gupshup.io/docs/webhook-key-points
/// </summary>
internal sealed class GupshupWebhook(IOptions<GupshupOptions> options, EventPublisher publisher, TimeProvider clock)
{
    public const int MaxBody = 64 * 1024;

    private readonly GupshupEvents _events = new(options.Value.PhoneNumber);
    private readonly byte[]? _secret = Digest(options.Value.WebhookSecret);

    public async Task HandleAsync(HttpContext context)
    {
        if (!IsTheirs(context.Request))
        {
            await WebhookBody.RefuseAsync(context, StatusCodes.Status401Unauthorized,
                "Send the webhook's secret: as ?token= in the address, or as Authorization.");
            return;
        }

        if (context.Request.Query[SelfTest.Field].ToString() is { Length: > 0 } word)
        {
            context.Response.Headers[SelfTest.Header] = SelfTest.Proof(options.Value.WebhookSecret, word);
            return;
        }

        if (await WebhookBody.CopyAsync(context, MaxBody) is not { } body)
        {
            await WebhookBody.RefuseAsync(
                context, StatusCodes.Status413PayloadTooLarge, $"Send at most {MaxBody} bytes.");
            return;
        }

        var root = context.Request.HasFormContentType ? FormOf(body) : WebhookJson.Parse(body);
        if (root is null)
        {
            await Problems.Field("body", "The body is no JSON.").ExecuteAsync(context);
            return;
        }

        var events = _events.Read(root.Value, clock.GetUtcNow());
        await WebhookBody.AnswerAsync(context, await publisher.TryKeepAsync(GupshupEvents.Name, events));
    }

    // Digests have one length, so that not even the secret's can be measured.
    private bool IsTheirs(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var given = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..]
            : header.Length > 0 ? header
            : request.Query["token"].ToString();
        return _secret is not null && Digest(given) is { } digest
            && CryptographicOperations.FixedTimeEquals(digest, _secret);
    }

    private static byte[]? Digest(string text) =>
        text.Length == 0 ? null : SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // The same members as in JSON.
    private static JsonElement FormOf(byte[] body) => JsonSerializer.SerializeToElement(
        QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).ToDictionary(pair => pair.Key, pair => pair.Value[0]));
}

/// <summary>The <c>Gupshup</c> section, as far as it concerns webhooks.</summary>
internal sealed class GupshupOptions
{
    /// <summary>Without one every call is refused.</summary>
    public string WebhookSecret { get; set; } = "";

    /// <summary>Ours, in E.164.</summary>
    public string PhoneNumber { get; set; } = "";
}
