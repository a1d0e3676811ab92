using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts;

namespace Services.Messaging;

/// <summary>
/// What Meta's Cloud API is asked:
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages. No I/O.
/// </summary>
internal static class MetaRequest
{
    /// <summary>A template needs a language; this is the one that those have which nobody gave one.</summary>
    private const string UsualLanguage = "en";

    public static string Path(string phoneNumberId) => $"{phoneNumberId}/messages";

    /// <summary>
    /// One message, as JSON. Reports bring <c>biz_opaque_callback_data</c> back: it names message and attempt, so that
    /// one settles an outcome that nobody else has told.
    /// </summary>
    public static byte[] Body(SendMessage message)
    {
        var body = new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["recipient_type"] = "individual",
            // Whoever hides the number behind a user name is reached under Meta's own id.
            [message.To.StartsWith('+') ? "to" : "recipient"] = message.To.TrimStart('+'),
            ["biz_opaque_callback_data"] =
                string.Create(CultureInfo.InvariantCulture, $"{message.MessageId}/{message.Attempt}"),
        };
        if (message.Template is { } template)
        {
            body["type"] = "template";
            body["template"] = TemplateOf(template);
        }
        else
        {
            body["type"] = "text";
            body["text"] = new JsonObject { ["body"] = message.Text ?? "" };
        }

        return JsonSerializer.SerializeToUtf8Bytes(body, AnswerJson.Plain);
    }

    private static JsonObject TemplateOf(TemplateContent template)
    {
        var json = new JsonObject
        {
            ["name"] = template.ContentSid,
            // fr-FR is fr_FR there.
            ["language"] = new JsonObject { ["code"] = (template.Language ?? UsualLanguage).Replace('-', '_') },
        };
        if (template.Variables.Count > 0)
        {
            json["components"] = new JsonArray(new JsonObject
            {
                ["type"] = "body",
                ["parameters"] = new JsonArray([.. template.HasPlaces()
                    ? template.InOrder().Select(value => Parameter(null, value))
                    : template.Variables.Select(variable => Parameter(variable.Key, variable.Value))]),
            });
        }

        return json;
    }

    private static JsonObject Parameter(string? name, string value)
    {
        var parameter = new JsonObject { ["type"] = "text", ["text"] = value };
        if (name is not null)
        {
            parameter["parameter_name"] = name;
        }

        return parameter;
    }
}
