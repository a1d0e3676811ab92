using System.Text.Json;
using Contracts;

namespace Services.Messaging;

/// <summary>
/// One template of the Content API. Its text stands in one of its types (twilio/text, twilio/quick-reply, …) under
/// <c>body</c>. No I/O.
/// </summary>
internal static class TwilioTemplate
{
    /// <summary>Null if it is none.</summary>
    public static ProviderTemplate? Read(JsonElement content)
    {
        if (Text(content, "sid") is not { } sid || Text(content, "language") is not { } language)
        {
            return null;
        }

        var body = Members(content, "types").Select(type => Text(type.Value, "body"))
            .FirstOrDefault(text => text is not null);
        var approval = content.TryGetProperty("approval_requests", out var requests) ? Text(requests, "status") : null;
        return new(
            sid, Text(content, "friendly_name") ?? sid, language, body,
            [.. Members(content, "variables").Select(variable => variable.Name)], approval);
    }

    /// <summary>Null if there is no such text, or an empty one.</summary>
    public static string? Text(JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var text)
        && text.ValueKind is JsonValueKind.String && text.GetString() is { Length: > 0 } found ? found : null;

    private static List<JsonProperty> Members(JsonElement value, string name) =>
        value.TryGetProperty(name, out var members) && members.ValueKind is JsonValueKind.Object
            ? [.. members.EnumerateObject()]
            : [];
}
