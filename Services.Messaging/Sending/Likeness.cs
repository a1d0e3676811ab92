using System.Text.RegularExpressions;
using Contracts;

namespace Services.Messaging;

/// <summary>Whether a text at the provider can be the one that was ordered. No I/O.</summary>
internal static partial class Likeness
{
    /// <summary>
    /// What the ledger keeps while an outcome is open: the text, or the values of the template's variables, which stand
    /// in the text that the provider makes of it. The text itself is the provider's.
    /// </summary>
    public static string[] Parts(SendMessage order) => order.Template is { } template
        ? [.. template.Variables.Values.Select(Normalize)]
        : [Normalize(order.Text ?? "")];

    /// <summary>
    /// Null: it cannot be told. A template's values may stand where the list does not show them, in a button or a
    /// picture's address: a text without them is neither surely ours nor surely another's.
    /// </summary>
    public static bool? IsSame(bool template, string[] parts, string? text)
    {
        if (string.IsNullOrEmpty(text) || parts.Length == 0)
        {
            return true; // nothing to compare: addresses and time decide
        }

        var normal = Normalize(text);
        return !template ? normal == parts[0]
            : Array.TrueForAll(parts, part => normal.Contains(part, StringComparison.Ordinal)) ? true
            : null;
    }

    // Neither side promises to keep white space and the form of accents.
    private static string Normalize(string text) =>
        Space().Replace((text.IsNormalized() ? text : text.Normalize()).Replace("\0", ""), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
