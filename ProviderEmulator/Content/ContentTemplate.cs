using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProviderEmulator;

/// <summary>Status: unsubmitted, or approved; submitting is all that approval takes here.</summary>
internal sealed record ContentApproval(string Status, string Name = "", string Category = "");

/// <summary>A template. Its text is in one of its types, usually <c>twilio/text</c>.</summary>
internal sealed partial record ContentTemplate
{
    /// <summary>
    /// WhatsApp's limit after the variables are filled in. https://www.twilio.com/docs/api/errors/63021
    /// </summary>
    public const int MaxText = 1024;

    public long Key { get; init; }

    public required string Sid { get; init; }

    public required string FriendlyName { get; init; }

    public required string Language { get; init; }

    /// <summary>The sample values, which stand in for what a message does not fill.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Types { get; init; }

    public required DateTimeOffset Created { get; init; }

    public ContentApproval Approval { get; init; } = new("unsubmitted");

    public bool IsApproved => Approval.Status == "approved";

    public string Text =>
        Types.Values.Select(type => type.ValueKind is JsonValueKind.Object
                && type.TryGetProperty("body", out var body) && body.ValueKind is JsonValueKind.String
            ? body.GetString() : null).FirstOrDefault(text => text is not null) ?? "";

    public string Render(IReadOnlyDictionary<string, string> values) => Placeholder().Replace(Text, match =>
        values.TryGetValue(match.Groups[1].Value, out var value)
            || Variables.TryGetValue(match.Groups[1].Value, out value) ? value : match.Value);

    [GeneratedRegex(@"\{\{\s*([A-Za-z0-9_]{1,16})\s*\}\}")]
    private static partial Regex Placeholder();
}
