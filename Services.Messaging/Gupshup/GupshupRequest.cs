using System.Text.Json;
using Contracts;

namespace Services.Messaging;

/// <summary>
/// What Gupshup is asked. No I/O.
/// https://docs.gupshup.io/docs/template-messages, https://docs.gupshup.io/docs/session-messages
/// </summary>
internal static class GupshupRequest
{
    /// <summary>Templates and free text have a call each.</summary>
    public static string Path(SendMessage message) => message.Template is null ? "msg" : "template/msg";

    /// <summary>Country code and number without a plus, as in all samples of the documentation.</summary>
    public static string Digits(string number) => number.TrimStart('+');

    /// <summary>
    /// The form of one message. Texts are JSON in a field of the form: escaped as JSON first, for the form second, so
    /// that every character survives.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> Form(SendMessage message, string appName)
    {
        yield return new("channel", "whatsapp");
        yield return new("source", Digits(message.From));
        yield return new("destination", Digits(message.To));
        yield return new("src.name", appName);
        yield return message.Template is { } template
            ? new("template", Json(new { id = template.ContentSid, @params = template.InOrder() }))
            : new("message", Json(new { type = "text", text = message.Text ?? "" }));
    }

    private static string Json(object value) => JsonSerializer.Serialize(value, AnswerJson.Plain);
}
