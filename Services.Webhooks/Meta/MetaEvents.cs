using System.Text.Json;
using Contracts;

namespace Services.Webhooks;

/// <summary>
/// What a call of Meta's Cloud API tells: lists in lists, each entry for itself. Gupshup passes the same through, with
/// its own id beside each. No I/O.
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
/// </summary>
/// <param name="Provider">Who called.</param>
/// <param name="OwnId">The name of a status' member that holds the id which the provider gave us when we sent.</param>
internal sealed record MetaEvents(string Provider, string OwnId)
{
    public const string Name = "meta";

    /// <summary>Meta itself.</summary>
    public static readonly MetaEvents Direct = new(Name, "id");

    /// <summary>A message or status that lacks an id is ignored: nobody could tell which it is.</summary>
    public IEnumerable<WebhookEvent> Read(JsonElement root, DateTimeOffset now) =>
        from entry in root.List("entry")
        from change in entry.List("changes")
        from told in ReadChange(change.Of("value"), change.Text("field"), now)
        select told;

    private IEnumerable<WebhookEvent> ReadChange(JsonElement value, string? field, DateTimeOffset now)
    {
        var told = value.List("messages").Select(message => ReadMessage(message, value, now))
            .Concat(value.List("statuses").Select(status => ReadStatus(status, now)))
            .Concat(value.List("user_preferences").Select(preference => ReadPreference(preference, now)));
        return told.DefaultIfEmpty(new WebhookEvent.Ignored($"the field {field}"));
    }

    private WebhookEvent ReadMessage(JsonElement message, JsonElement value, DateTimeOffset now)
    {
        // People with a user name need not share their number.
        var from = WebhookJson.Number(message.Text("from") ?? message.Text("from_user_id"));
        if (message.Text("id") is not { } id || from is null || message.Text("type") == "system")
        {
            return new WebhookEvent.Ignored($"a message of the type {message.Text("type")}");
        }

        var pressed = message.Of("interactive");
        var choice = pressed.Of(pressed.Text("type") ?? "");
        return new WebhookEvent.Incoming(new()
        {
            Provider = Provider,
            ProviderMessageId = id,
            From = from,
            To = WebhookJson.Number(value.Of("metadata").Text("display_phone_number")) ?? "",
            Text = message.Of("text").Text("body") ?? message.Of("button").Text("text") ?? choice.Text("title")
                ?? message.Of(message.Text("type") ?? "").Text("caption") ?? "",
            ProfileName = NameOf(value, message),
            ButtonPayload = message.Of("button").Text("payload") ?? choice.Text("id"),
            RepliedToProviderMessageId = message.Of("context").Text("gs_id") ?? message.Of("context").Text("id"),
            MediaCount = message.Text("type") is "image" or "video" or "audio" or "document" or "sticker" ? 1 : 0,
            ReceivedAt = message.Instant("timestamp", now),
        });
    }

    private WebhookEvent ReadStatus(JsonElement status, DateTimeOffset now)
    {
        var word = status.Text("status");
        if (status.Text("id") is not { } id || StatusOf(word) is not { } known)
        {
            return new WebhookEvent.Ignored($"the status {word}");
        }

        var own = status.Text(OwnId) ?? id;
        var (message, attempt) = OrderOf(status.Text("biz_opaque_callback_data"));
        return new WebhookEvent.Status(
            new()
            {
                Provider = Provider,
                ProviderMessageId = own,
                AlternativeId = own == id ? null : id,
                MessageId = message,
                Attempt = attempt,
                // Meta tells of what others have sent too; under Gupshup's id there is only what we have.
                Recipient = OwnId == "id" || status.Text(OwnId) is null
                    ? null
                    : WebhookJson.Number(status.Text("recipient_id")),
                Status = known,
                ErrorCode = known == DeliveryStatus.Failed
                    ? status.List("errors").Select(error => error.Text("code")).FirstOrDefault() ?? status.Text("code")
                    : null,
                ReceivedAt = status.Instant("timestamp", now),
            },
            word!);
    }

    /// <summary>A person has stopped or resumed our marketing in WhatsApp itself.</summary>
    /// <param name="preference">One of a list, which Gupshup passes through as it is.</param>
    /// <param name="now">When it came, where it does not say when it happened.</param>
    public WebhookEvent ReadPreference(JsonElement preference, DateTimeOffset now)
    {
        var from = WebhookJson.Number(preference.Text("wa_id") ?? preference.Text("user_id"));
        return (from, preference.Text("value")) switch
        {
            ({ } person, "stop") => ConsentOf(person, OptOutType.Stop),
            ({ } person, "resume") => ConsentOf(person, OptOutType.Start),
            var (_, word) => new WebhookEvent.Ignored($"the preference {word}"),
        };

        WebhookEvent.Consent ConsentOf(string person, OptOutType consent) => new(new()
        {
            Provider = Provider,
            From = person,
            Consent = consent,
            ReceivedAt = preference.Instant("timestamp", now),
        });
    }

    private static string? NameOf(JsonElement value, JsonElement message) => value.List("contacts")
        .Where(contact => (contact.Text("wa_id") ?? contact.Text("user_id"))
            == (message.Text("from") ?? message.Text("from_user_id")))
        .Select(contact => contact.Of("profile").Text("name"))
        .FirstOrDefault();

    /// <summary>Null for a word that tells nothing of one of our messages.</summary>
    public static DeliveryStatus? StatusOf(string? word) => word switch
    {
        "enqueued" => DeliveryStatus.Queued, // Gupshup's own
        "sent" => DeliveryStatus.Sent,
        "delivered" => DeliveryStatus.Delivered,
        "read" or "played" => DeliveryStatus.Read,
        "failed" => DeliveryStatus.Failed,
        _ => null,
    };

    /// <summary>What we gave along when we sent: message and attempt.</summary>
    private static (Guid? Message, int? Attempt) OrderOf(string? opaque) =>
        opaque?.Split('/') is [var message, var attempt] && Guid.TryParse(message, out var id)
        && int.TryParse(attempt, out var number) ? (id, number) : (null, null);
}
