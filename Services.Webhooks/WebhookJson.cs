using System.Globalization;
using System.Text.Json;

namespace Services.Webhooks;

/// <summary>Reads what providers write: texts that may be numbers, instants in seconds or milliseconds. No I/O.</summary>
internal static class WebhookJson
{
    // From here on a count is one of milliseconds: as seconds it would lie in the year 5138.
    private const long Milliseconds = 100_000_000_000;

    /// <summary>Null if the bytes are no JSON.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The member, or of nothing nothing.</summary>
    public static JsonElement Of(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The members of a list; none if it is no list.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.Of(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>
    /// A text or a number, as text that PostgreSQL takes, that is without U+0000; null if there is none, or an empty one.
    /// </summary>
    public static string? Text(this JsonElement element, string name) => element.Of(name) switch
    {
        { ValueKind: JsonValueKind.String } text =>
            text.GetString()!.Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } found ? found : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>
    /// Seconds or milliseconds since 1970, as text or number; <paramref name="now"/> where there are none, and at most.
    /// </summary>
    public static DateTimeOffset Instant(this JsonElement element, string name, DateTimeOffset now)
    {
        if (!long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return now;
        }

        count = count < Milliseconds ? count * 1000 : count;
        return count < now.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(count) : now;
    }

    /// <summary>
    /// Digits, with or without a plus, as E.164; anything else is a provider's own name for a person and stays.
    /// </summary>
    public static string? Number(string? text) =>
        text?.Replace(" ", "", StringComparison.Ordinal).TrimStart('+') is not { Length: > 0 } digits ? null
        : digits.All(char.IsAsciiDigit) ? "+" + digits
        : text;
}
