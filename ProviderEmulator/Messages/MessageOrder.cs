using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace ProviderEmulator;

/// <summary>A request to send that the provider would accept.</summary>
internal sealed partial record MessageOrder
{
    public const string Channel = "whatsapp:";

    private const int MaxBody = 1600;
    private const int MaxMedia = 10;
    private const int MaxCallback = 4000;

    public required string To { get; init; }

    public required string From { get; init; }

    public required string Body { get; init; }

    public int NumMedia { get; init; }

    public ContentTemplate? Content { get; init; }

    public string? StatusCallback { get; init; }

    /// <summary>What the client wants back with each report, where the provider does that.</summary>
    public string? Reference { get; init; }

    /// <summary>The provider's code, if it takes the order although it is bound to fail.</summary>
    public int? FailsWith { get; init; }

    /// <summary>
    /// The checks of https://www.twilio.com/docs/messaging/api/message-resource: what is missing, then what is
    /// malformed, then what does not fit together.
    /// </summary>
    public static bool TryRead(
        Dictionary<string, StringValues> form,
        Func<string, bool> sends,
        ContentStore contents,
        [NotNullWhen(true)] out MessageOrder? order,
        [NotNullWhen(false)] out TwilioError? error)
    {
        order = null;
        var (to, from) = (Text("To"), Text("From"));
        var (body, contentSid, variables) = (Text("Body"), Text("ContentSid"), Text("ContentVariables"));
        var callback = Text("StatusCallback");
        var media = form.GetValueOrDefault("MediaUrl");
        var content = contents.Find(contentSid);
        Dictionary<string, string> values = [];

        error = 0 switch
        {
            _ when to.Length == 0 => TwilioError.NoTo,
            _ when from.Length == 0 && Text("MessagingServiceSid").Length == 0 => TwilioError.NoFrom,
            _ when from.Length == 0 => TwilioError.NoMessagingService, // the sandbox has none
            _ when body.Length == 0 && contentSid.Length == 0 && media.Count == 0 => TwilioError.NoBody,
            _ when IsWhatsApp(to) != IsWhatsApp(from) => TwilioError.ChannelMismatch,
            _ when !E164().IsMatch(Number(to)) => TwilioError.BadTo(to),
            _ when !IsWhatsApp(from) => TwilioError.BadFrom, // the account has no number for text messages
            _ when !sends(Number(from)) => TwilioError.UnknownFrom,
            _ when to == from => TwilioError.FromIsTo,
            _ when body.Length > MaxBody => TwilioError.BodyTooLong,
            _ when media.Count > MaxMedia => TwilioError.TooMuchMedia,
            _ when media.Any(url => !IsHttp(url)) => TwilioError.BadMedia,
            _ when callback.Length > 0 && !IsCallback(callback) => TwilioError.BadStatusCallback,
            _ when variables.Length > 0 && contentSid.Length == 0 => TwilioError.NoContentSid,
            _ when contentSid.Length > 0 && content is null => TwilioError.BadContentSid,
            _ when variables.Length > 0 && !ContentVariables.TryRead(variables, out values) =>
                TwilioError.BadContentVariables,
            _ => null,
        };

        if (error is not null)
        {
            return false;
        }

        order = new MessageOrder
        {
            To = to,
            From = from,
            Body = content?.Render(values) ?? body, // a template takes the place of the text
            NumMedia = content is null ? media.Count : 0,
            Content = content,
            StatusCallback = callback.Length == 0 ? null : callback,
        };
        return true;

        string Text(string name) => form.TryGetValue(name, out var value) ? value[0] ?? "" : "";
    }

    public static bool IsNumber(string number) => E164().IsMatch(number);

    private static bool IsWhatsApp(string address) => address.StartsWith(Channel, StringComparison.Ordinal);

    public static string Number(string address) => IsWhatsApp(address) ? address[Channel.Length..] : address;

    private static bool IsHttp(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static bool IsCallback(string url) =>
        url.Length <= MaxCallback && IsHttp(url) && !new Uri(url).Host.Contains('_', StringComparison.Ordinal);

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z")]
    private static partial Regex E164();
}
