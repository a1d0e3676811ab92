using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Services.Messaging;

/// <summary>What providers' answers have in common, and the JSON that they are asked with. No I/O.</summary>
internal static class AnswerJson
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>
    /// Accents and quotes as they are: whatever carries the JSON encodes it once more, and escaping what HTML would
    /// need only makes the value longer.
    /// </summary>
    public static JsonSerializerOptions Plain { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Null if it is no JSON.</summary>
    public static JsonElement? Parse(string body)
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

    public static JsonElement? Property(JsonElement? root, string name) =>
        root is { ValueKind: JsonValueKind.Object } item && item.TryGetProperty(name, out var value) ? value : null;

    public static string? Text(JsonElement? root, string name) =>
        Property(root, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A whole number, in JSON as number or text.</summary>
    public static int? Number(JsonElement? root, string name) => Property(root, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        { ValueKind: JsonValueKind.String } text when int.TryParse(
            text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    /// <summary>How long a provider may make us wait: an hour at most.</summary>
    public static TimeSpan? Pause(TimeSpan? wish) => wish switch
    {
        null => null,
        { } span when span < TimeSpan.Zero => TimeSpan.Zero,
        { } span when span > LongestPause => LongestPause,
        _ => wish,
    };
}
