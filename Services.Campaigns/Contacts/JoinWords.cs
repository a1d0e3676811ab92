using System.Text.RegularExpressions;

namespace Services.Campaigns;

/// <summary>
/// Recognises the message by which a person joins the Sandbox: <c>join</c> and the Sandbox's code.
/// https://www.twilio.com/docs/whatsapp/sandbox
/// </summary>
internal static partial class JoinWords
{
    /// <summary>Without a <paramref name="joinCode"/>, any code of the Sandbox's form (two-words) counts.</summary>
    public static bool Matches(string? text, string? joinCode) =>
        text is not null && Join().Match(text) is { Success: true } match
        && (string.IsNullOrEmpty(joinCode)
            ? TwoWords().IsMatch(match.Groups["code"].ValueSpan)
            : match.Groups["code"].ValueSpan.Equals(joinCode, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^\s*join\s+(?<code>\S+)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Join();

    [GeneratedRegex(@"^\p{L}+-\p{L}+$", RegexOptions.CultureInvariant)]
    private static partial Regex TwoWords();
}
