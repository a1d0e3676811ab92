namespace Contracts;

/// <summary>
/// Twilio's words, which mean the same in a callback and in the list of messages
/// (https://www.twilio.com/docs/messaging/api/message-resource#message-status-values).
/// </summary>
public static class TwilioWords
{
    public const string Provider = "twilio";

    private const string Channel = "whatsapp:";

    /// <summary>Null for a word that tells nothing of one of our messages; Twilio adds some without notice.</summary>
    public static DeliveryStatus? StatusOf(string? word) => word switch
    {
        "accepted" or "scheduled" or "queued" or "sending" => DeliveryStatus.Queued,
        "sent" => DeliveryStatus.Sent,
        "delivered" => DeliveryStatus.Delivered,
        "read" => DeliveryStatus.Read,
        "failed" or "undelivered" or "canceled" => DeliveryStatus.Failed,
        _ => null,
    };

    /// <summary>
    /// The number in a WhatsApp address. People without a shared phone number have other addresses than numbers; those
    /// stay as they are (https://www.twilio.com/docs/whatsapp/key-concepts).
    /// </summary>
    public static string? NumberOf(string? address) =>
        address?.StartsWith(Channel, StringComparison.OrdinalIgnoreCase) == true ? address[Channel.Length..] : address;
}
