using System.Buffers;
using System.Text;
using Contracts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Webhooks;

/// <summary>
/// The route that Twilio calls: verifies, translates, makes durable, answers. Plain code on the request's own buffers,
/// since every message of every campaign comes by here several times.
/// </summary>
internal sealed partial class TwilioWebhook(
    IOptions<TwilioOptions> options, EventPublisher publisher, TimeProvider clock, ILogger<TwilioWebhook> logger)
{
    /// <summary>Twilio's forms have one or two kilobytes.</summary>
    public const int MaxBody = 64 * 1024;

    private static readonly TwilioCallback Forged = new TwilioCallback.Refused(
        $"{TwilioSignature.Header} is missing or wrong.");

    private static readonly byte[] EmptyTwiml = "<Response/>"u8.ToArray();

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly string _accountSid = options.Value.AccountSid;
    private readonly string _firstToken = options.Value.GetTokens()[0];
    private readonly byte[][] _tokens = [.. options.Value.GetTokens().Select(Encoding.UTF8.GetBytes)];
    private readonly byte[][] _origins = TwilioSignature.Origins(new(options.Value.PublicUrl!));
    private int _refused;
    private long _nextWarning = long.MinValue;

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var json = IsType(request.ContentType, "application/json") && TwilioSignature.BodyHash(target) is not null;
        if (!json && !IsType(request.ContentType, "application/x-www-form-urlencoded"))
        {
            await WebhookBody.RefuseAsync(context, 415, "Send application/x-www-form-urlencoded.");
            return;
        }

        if (request.Headers[TwilioSignature.Header] is not [{ Length: TwilioSignature.Length } signature])
        {
            await AnswerAsync(context, Forged);
            return;
        }

        if (await WebhookBody.ReadAsync(context, MaxBody) is not { } body)
        {
            await WebhookBody.RefuseAsync(context, 413, $"Send at most {MaxBody} bytes.");
            return;
        }

        var callback = Understand(body, json, signature, target);
        request.BodyReader.AdvanceTo(body.End);
        await AnswerAsync(context, callback);
    }

    private TwilioCallback Understand(ReadOnlySequence<byte> sequence, bool json, string signature, string target)
    {
        var body = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (json)
        {
            return TwilioSignature.IsValid(signature, _origins, target, body, _tokens)
                ? new TwilioCallback.Ignored("an event in JSON")
                : Forged;
        }

        using var form = TwilioForm.Parse(body);
        return TwilioSignature.IsValid(signature, _origins, target, form, _tokens)
            ? TwilioCallback.From(form, target, _accountSid, clock.GetUtcNow())
            : Forged;
    }

    private async Task AnswerAsync(HttpContext context, TwilioCallback callback)
    {
        switch (callback)
        {
            case TwilioCallback.Incoming incoming:
                await AnswerAsync(context, await publisher.TryKeepAsync(incoming.Event, incoming.Id));
                break;
            case TwilioCallback.Status status:
                await AnswerAsync(context, await publisher.TryKeepAsync(status.Event, status.Id));
                break;
            case TwilioCallback.Tested tested:
                context.Response.Headers[SelfTest.Header] = SelfTest.Proof(_firstToken, tested.Word);
                await AnswerAsync(context, kept: true);
                break;
            case TwilioCallback.Ignored ignored:
                LogIgnored(ignored.What);
                await AnswerAsync(context, kept: true);
                break;
            case TwilioCallback.Refused refused:
                NoteRefused(refused.Reason);
                await WebhookBody.RefuseAsync(context, 403, refused.Reason);
                break;
            case TwilioCallback.Incomplete incomplete:
                await Problems.Field(incomplete.Field, incomplete.Remedy).ExecuteAsync(context);
                break;
        }
    }

    /// <summary>One line a minute, however many try.</summary>
    private void NoteRefused(string reason)
    {
        Interlocked.Increment(ref _refused);
        var (now, next) = (clock.GetTimestamp(), Volatile.Read(ref _nextWarning));
        var following = now + (long)(BetweenWarnings.TotalSeconds * clock.TimestampFrequency);
        if (now >= next && Interlocked.CompareExchange(ref _nextWarning, following, next) == next)
        {
            LogRefused(Interlocked.Exchange(ref _refused, 0), reason);
        }
    }

    private static async Task AnswerAsync(HttpContext context, bool kept)
    {
        if (!kept)
        {
            await WebhookBody.AnswerAsync(context, kept);
            return;
        }

        // Whatever is not XML would reach the person as a message. https://www.twilio.com/docs/messaging/twiml
        context.Response.ContentType = "text/xml";
        context.Response.ContentLength = EmptyTwiml.Length;
        await context.Response.Body.WriteAsync(EmptyTwiml, context.RequestAborted);
    }

    private static bool IsType(string? contentType, string type) =>
        contentType.AsSpan().StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && (contentType!.Length == type.Length || contentType[type.Length] is ';' or ' ');

    [LoggerMessage(LogLevel.Information, "Nobody waits for {What}: accepted and left")]
    private partial void LogIgnored(string what);

    [LoggerMessage(LogLevel.Warning, "Refused {Count} calls of the Twilio webhook since this was last said, at last: "
        + "{Reason} If it was Twilio's, correct PublicUrl, Twilio__AuthToken or Twilio__AccountSid")]
    private partial void LogRefused(int count, string reason);
}

internal static class TwilioExtensions
{
    public static WebApplicationBuilder AddTwilio(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TwilioOptions>()
            .BindConfiguration("Twilio")
            .Configure<IConfiguration>((twilio, settings) => twilio.PublicUrl = settings["PublicUrl"])
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<BrokerCircuit>().AddSingleton<EventPublisher>().AddSingleton<TwilioWebhook>();
        return builder;
    }

    public static void MapTwilio(this WebApplication app) => app.MapPost(
        "/api/webhooks/twilio", app.Services.GetRequiredService<TwilioWebhook>().HandleAsync);
}
