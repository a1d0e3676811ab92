using System.Globalization;
using System.Text.Json;

namespace ProviderEmulator;

/// <summary>Reads the form of a call to Gupshup, whose texts are JSON in one of its fields. No I/O.</summary>
internal static class GupshupOrder
{
    private const int MaxText = 4096;

    /// <summary>https://docs.gupshup.io/docs/template-messages</summary>
    public static Reading ReadTemplate(IFormCollection form, EmulatorOptions options, ContentStore contents)
    {
        if (Refused(form, options) is { } refusal)
        {
            return new(null, refusal);
        }

        if (Parse(form["template"]) is not { } template || Text(template, "id") is not { } id)
        {
            return new(null, GupshupError.InvalidMessage);
        }

        List<string> values = template.TryGetProperty("params", out var list) && list.ValueKind is JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(value => value.ToString())]
            : [];
        var content = Guid.TryParseExact(id, "D", out var uuid) ? contents.Find($"HX{uuid:N}") : null;
        var fits = content is not null && content.Variables.Count == values.Count;
        return Order(form, options) with
        {
            Body = content?.Render(values.Select((value, place) => (value, place)).ToDictionary(
                pair => (pair.place + 1).ToString(CultureInfo.InvariantCulture), pair => pair.value)) ?? "",
            Content = content,
            FailsWith = fits ? null : GupshupDialect.NoTemplateMatch,
        };
    }

    /// <summary>https://docs.gupshup.io/docs/session-messages</summary>
    public static Reading ReadText(IFormCollection form, EmulatorOptions options)
    {
        if (Refused(form, options) is { } refusal)
        {
            return new(null, refusal);
        }

        return Parse(form["message"]) is { } message && Text(message, "type") == "text"
            && Text(message, "text") is { Length: > 0 and <= MaxText } text
            ? Order(form, options) with { Body = text }
            : new Reading(null, GupshupError.InvalidMessage);
    }

    /// <summary>As the phones have it.</summary>
    public static string AddressOf(string? number) => $"{MessageOrder.Channel}+{number?.TrimStart('+')}";

    private static GupshupError? Refused(IFormCollection form, EmulatorOptions options) =>
        AddressOf(form["source"]) != MessageOrder.Channel + options.SandboxNumber
            || form["src.name"] != options.Gupshup.AppName ? GupshupError.InvalidApp
        : !MessageOrder.IsNumber(AddressOf(form["destination"])[MessageOrder.Channel.Length..])
            ? GupshupError.InvalidDestination
        : null;

    private static MessageOrder Order(IFormCollection form, EmulatorOptions options) => new()
    {
        To = AddressOf(form["destination"]),
        From = MessageOrder.Channel + options.SandboxNumber,
        Body = "",
    };

    private static JsonElement? Parse(string? json)
    {
        try
        {
            var element = JsonElement.Parse(json ?? "");
            return element.ValueKind is JsonValueKind.Object ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
