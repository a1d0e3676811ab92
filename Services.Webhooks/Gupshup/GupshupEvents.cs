using System.Text;
using System.Text.Json;
using Contracts;

namespace Services.Webhooks;

/// <summary>
/// What a call of Gupshup's tells, in any of the shapes that its products have: version 2 (a payload in an envelope),
/// version 3 (Meta's own, passed through), Enterprise (flat, reports in a list). No I/O.
/// https://docs.gupshup.io/docs/message-events, https://docs.gupshup.io/docs/inbound-messages,
/// https://docs.gupshup.io/docs/real-time-delivery-reports
/// </summary>
/// <param name="OwnNumber">Ours in E.164, where the call does not name it.</param>
internal sealed record GupshupEvents(string OwnNumber)
{
    public const string Name = "gupshup";

    private static readonly MetaEvents PassedThrough = new(Name, "gs_id");

    public IEnumerable<WebhookEvent> Read(JsonElement root, DateTimeOffset now) =>
        root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().SelectMany(one => Read(one, now))
        : root.Of("entry").ValueKind == JsonValueKind.Array ? PassedThrough.Read(root, now)
        : root.Of("payload").ValueKind == JsonValueKind.Object ? ReadEnvelope(root, now)
        : root.Of("response").ValueKind == JsonValueKind.Array ? Read(root.Of("response"), now)
        : Within(root, "response") is { ValueKind: JsonValueKind.Array } list ? Read(list, now)
        : root.Text("eventType") is { } word ? [ReadReport(root, word, now)]
        : root.Text("mobile") is { } person ? [ReadFlatMessage(root, person, now)]
        : [new WebhookEvent.Ignored($"the type {root.Text("type")}")];

    private IEnumerable<WebhookEvent> ReadEnvelope(JsonElement root, DateTimeOffset now)
    {
        var payload = root.Of("payload");
        return (root.Text("type"), payload.Text("type")) switch
        {
            ("message", { } type) => [ReadMessage(root, payload, type, now)],
            ("message-event", { } word) => [ReadEvent(root, payload, word, now)],
            ("user-event", "opted-out") => [ConsentOf(root, payload, OptOutType.Stop, now)],
            ("user-event", "opted-in") => [ConsentOf(root, payload, OptOutType.Start, now)],
            ("preference-event", _) => payload.Of("payload").List("user_preferences")
                .Select(one => PassedThrough.ReadPreference(one, root.Instant("timestamp", now)))
                .DefaultIfEmpty(new WebhookEvent.Ignored("a preference of nobody")),
            var (type, word) => [new WebhookEvent.Ignored($"the type {type} {word}".TrimEnd())],
        };
    }

    private WebhookEvent ReadMessage(JsonElement root, JsonElement payload, string type, DateTimeOffset now)
    {
        var content = payload.Of("payload");
        var person = payload.Of("sender").Text("phone") ?? payload.Text("source");
        if (payload.Text("id") is not { } id || WebhookJson.Number(person) is not { } from)
        {
            return new WebhookEvent.Ignored($"a message of the type {type} without id or sender");
        }

        // A tap has come in three shapes, depending on the kind of button and the year.
        var tap = content.Text("type") == "button" || type is "quick_reply" or "button_reply" or "list_reply";
        var context = payload.Of("context");
        return new WebhookEvent.Incoming(new()
        {
            Provider = Name,
            ProviderMessageId = id,
            From = from,
            To = WebhookJson.Number(root.Text("phone")) ?? OwnNumber,
            Text = content.Text("text") ?? content.Text("title") ?? content.Text("caption") ?? "",
            ProfileName = payload.Of("sender").Text("name"),
            ButtonPayload = tap ? content.Text("postbackText") ?? content.Text("id") : null,
            RepliedToProviderMessageId = context.Text("gsId") ?? context.Text("gs_id") ?? context.Text("id"),
            MediaCount = content.Text("url") is null ? 0 : 1,
            ReceivedAt = root.Instant("timestamp", now),
        });
    }

    private static WebhookEvent ReadEvent(JsonElement root, JsonElement payload, string word, DateTimeOffset now)
    {
        var detail = payload.Of("payload");
        var id = payload.Text("id");
        var given = payload.Text("gsId") ?? payload.Text("externalId");
        if ((given ?? id) is not { } own
            || MetaEvents.StatusOf(word) is not { } status)
        {
            return new WebhookEvent.Ignored($"the event {word}");
        }

        return new WebhookEvent.Status(
            new()
            {
                Provider = Name,
                ProviderMessageId = own,
                AlternativeId = detail.Text("whatsappMessageId") ?? (own == id ? null : id),
                // What Gupshup itself tells is under its own id; what WhatsApp does, a week later, no longer.
                Recipient = given is not null || status is DeliveryStatus.Queued or DeliveryStatus.Failed
                    ? WebhookJson.Number(payload.Text("destination"))
                    : null,
                Status = status,
                ErrorCode = status == DeliveryStatus.Failed ? detail.Text("code") : null,
                ReceivedAt = detail.Instant("ts", root.Instant("timestamp", now)),
            },
            word);
    }

    private static WebhookEvent ConsentOf(
        JsonElement root, JsonElement person, OptOutType consent, DateTimeOffset now) =>
        WebhookJson.Number(person.Text("phone")) is not { } from
            ? new WebhookEvent.Ignored("a consent of nobody")
            : new WebhookEvent.Consent(new()
            {
                Provider = Name,
                From = from,
                Consent = consent,
                ReceivedAt = root.Instant("timestamp", now),
            });

    private static WebhookEvent ReadReport(JsonElement report, string word, DateTimeOffset now)
    {
        var (external, message) = (report.Text("externalId"), report.Text("messageId"));
        if ((external ?? message) is not { } own)
        {
            return new WebhookEvent.Ignored($"the event {word} of no message");
        }

        var status = EnterpriseStatusOf(word.ToLowerInvariant());
        return new WebhookEvent.Status(
            new()
            {
                Provider = Name,
                ProviderMessageId = own,
                AlternativeId = external is null ? null : message,
                Recipient = external is null ? null : WebhookJson.Number(report.Text("destAddr")),
                Status = status,
                ErrorCode = status == DeliveryStatus.Failed ? report.Text("errorCode") ?? report.Text("errCode") : null,
                ReceivedAt = report.Instant("eventTs", report.Instant("timestamp", now)),
            },
            word);
    }

    private WebhookEvent.Incoming ReadFlatMessage(JsonElement root, string person, DateTimeOffset now)
    {
        // A tap is JSON inside a text.
        var tap = Within(root, "button") ?? Within(root, "interactive") ?? default;
        var choice = tap.Of(tap.Text("type") ?? "");
        var text = root.Text("text") ?? tap.Text("text") ?? choice.Text("title") ?? "";
        return new WebhookEvent.Incoming(new()
        {
            Provider = Name,
            // Its messageId is that of the message which is answered, if any.
            ProviderMessageId = DerivedId.Of($"{Name}/{person}/{root.Text("timestamp")}/{text}").ToString(),
            From = WebhookJson.Number(person) ?? person,
            To = WebhookJson.Number(root.Text("waNumber")) ?? OwnNumber,
            Text = text,
            ProfileName = root.Text("name"),
            ButtonPayload = tap.Text("payload") ?? choice.Text("id"),
            RepliedToProviderMessageId = (root.Text("replyId"), root.Text("messageId")) is ({ } reply, { } message)
                ? $"{reply}-{message}"
                : null,
            ReceivedAt = root.Instant("timestamp", now),
        });
    }

    /// <summary>JSON in a text.</summary>
    private static JsonElement? Within(JsonElement root, string name) =>
        root.Text(name) is { } text ? WebhookJson.Parse(Encoding.UTF8.GetBytes(text)) : null;

    /// <summary>
    /// Enterprise has more words for failures than it documents: what is no other status is one.
    /// https://docs.gupshup.io/docs/real-time-delivery-reports
    /// </summary>
    private static DeliveryStatus EnterpriseStatusOf(string word) =>
        word == "success" ? DeliveryStatus.Delivered : MetaEvents.StatusOf(word) ?? DeliveryStatus.Failed;
}
