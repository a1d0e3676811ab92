using System.Globalization;
using System.Text.Json;

namespace ProviderEmulator;

/// <summary>Reads the JSON of a call to Meta. No I/O.</summary>
internal static class MetaOrder
{
    private const int MaxText = 4096;

    public static Reading Read(JsonElement body, EmulatorOptions options, ContentStore contents)
    {
        var to = AddressOf(Text(body, "to"));
        if (Text(body, "messaging_product") != "whatsapp")
        {
            return Refuse(MetaError.Parameter("The parameter messaging_product is required."));
        }

        if (!MessageOrder.IsNumber(to[MessageOrder.Channel.Length..]))
        {
            return Refuse(MetaError.Parameter("The parameter to is required."));
        }

        var order = new MessageOrder
        {
            To = to,
            From = MessageOrder.Channel + options.SandboxNumber,
            Body = Text(Of(body, "text"), "body") ?? "",
            Reference = Text(body, "biz_opaque_callback_data"),
        };
        return (Text(body, "type"), order.Body.Length) switch
        {
            ("template", _) => ReadTemplate(Of(body, "template"), order, contents),
            ("text", > 0 and <= MaxText) => order,
            ("text", _) => Refuse(MetaError.Parameter("The parameter text.body has 1 to 4096 characters.")),
            _ => Refuse(MetaError.Parameter("The parameter type is text or template.")),
        };
    }

    /// <summary>As the phones have it.</summary>
    public static string AddressOf(string? number) => $"{MessageOrder.Channel}+{number?.TrimStart('+')}";

    public static JsonElement Of(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    public static string? Text(JsonElement element, string name) =>
        Of(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Parameters have places, or names.</summary>
    private static Reading ReadTemplate(JsonElement template, MessageOrder order, ContentStore contents)
    {
        if (contents.FindApproved(Text(template, "name"), Text(Of(template, "language"), "code")) is not { } content)
        {
            return Refuse(MetaError.NoTemplate);
        }

        var values = List(template, "components").Where(component => Text(component, "type") == "body")
            .SelectMany(component => List(component, "parameters"))
            .Select((parameter, place) => (
                Name: Text(parameter, "parameter_name") ?? (place + 1).ToString(CultureInfo.InvariantCulture),
                Value: Text(parameter, "text") ?? ""))
            .DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Value);
        return values.Keys.ToHashSet().SetEquals(content.Variables.Keys)
            ? order with { Body = content.Render(values), Content = content }
            : Refuse(MetaError.ParameterCount);
    }

    private static JsonElement[] List(JsonElement element, string name) =>
        Of(element, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static Reading Refuse(MetaError error) => new(null, error);
}
