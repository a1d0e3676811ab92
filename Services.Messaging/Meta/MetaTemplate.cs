using System.Text.Json;
using Contracts;
using static Services.Messaging.AnswerJson;

namespace Services.Messaging;

/// <summary>
/// One of Meta's templates, which its name and its language tell apart. No I/O.
/// https://developers.facebook.com/docs/graph-api/reference/whats-app-business-hsm
/// </summary>
internal static class MetaTemplate
{
    /// <summary>
    /// Null if it is none. Without a text where more than the text has to be filled: we fill nothing else.
    /// </summary>
    public static ProviderTemplate? Read(JsonElement template)
    {
        if (Text(template, "name") is not { Length: > 0 } name
            || Text(template, "language") is not { Length: > 0 } language)
        {
            return null;
        }

        List<JsonElement> components = Property(template, "components") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray()]
            : [];
        var body = components.Where(component => Is(component, "type", "BODY")).Select(body => Text(body, "text"))
            .FirstOrDefault(text => text is { Length: > 0 });
        return new(
            name, name, language, components.Exists(NeedsMore) ? null : body, [],
            Text(template, "status")?.ToLowerInvariant());
    }

    /// <summary>A header's picture or variable, a button's variable or code.</summary>
    private static bool NeedsMore(JsonElement component) => Text(component, "type")?.ToUpperInvariant() switch
    {
        "HEADER" => !Is(component, "format", "TEXT") || HasVariable(component),
        "BUTTONS" => Property(component, "buttons") is not { ValueKind: JsonValueKind.Array } buttons
            || buttons.EnumerateArray().Any(button => HasVariable(button)
                || Text(button, "type")?.ToUpperInvariant() is not ("QUICK_REPLY" or "URL" or "PHONE_NUMBER")),
        _ => false,
    };

    private static bool HasVariable(JsonElement component) =>
        component.GetRawText().Contains("{{", StringComparison.Ordinal);

    private static bool Is(JsonElement component, string name, string word) =>
        word.Equals(Text(component, name), StringComparison.OrdinalIgnoreCase);
}
