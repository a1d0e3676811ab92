namespace ProviderEmulator;

/// <summary>
/// A message in Twilio's JSON: numbers are strings, instants RFC 2822, addresses relative.
/// https://www.twilio.com/docs/messaging/api/message-resource
/// </summary>
internal sealed record MessageResource(
    string AccountSid,
    string ApiVersion,
    string Body,
    string DateCreated,
    string? DateSent,
    string DateUpdated,
    string Direction,
    int? ErrorCode,
    string? ErrorMessage,
    string From,
    string? MessagingServiceSid,
    string NumMedia,
    string NumSegments,
    string? Price,
    string? PriceUnit,
    string Sid,
    string Status,
    MessageResource.SubresourceAddresses SubresourceUris,
    string To,
    string Uri)
{
    public static MessageResource Of(Message message, string accountSid)
    {
        var state = message.State;
        var path = $"/{TwilioApi.Version}/Accounts/{accountSid}/Messages/{message.Sid}";
        return new MessageResource(
            accountSid,
            TwilioApi.Version,
            message.Body,
            TwilioJson.Rfc2822(message.Created),
            state.Sent is { } sent ? TwilioJson.Rfc2822(sent) : null,
            TwilioJson.Rfc2822(state.Updated),
            message.IsInbound ? "inbound" : "outbound-api",
            state.ErrorCode,
            state.ErrorCode is { } code ? DeliveryErrors.Text(code) : null,
            message.From,
            MessagingServiceSid: null,
            message.NumMedia.ToString(System.Globalization.CultureInfo.InvariantCulture),
            NumSegments: "1",
            Price: null,
            PriceUnit: null,
            message.Sid,
            state.Status.Word(),
            new SubresourceAddresses($"{path}/Media.json"),
            message.To,
            $"{path}.json");
    }

    internal sealed record SubresourceAddresses(string Media);
}

internal sealed record MessageListResource(
    string? FirstPageUri,
    int End,
    string? PreviousPageUri,
    IEnumerable<MessageResource> Messages,
    string Uri,
    int PageSize,
    int Start,
    string? NextPageUri,
    int Page);
