using System.Text.RegularExpressions;

namespace Contracts;

/// <summary>How to join the Sandbox: <c>{number}</c> and, where it is known, <c>{joinCode}</c> are filled in.</summary>
internal sealed partial record JoinAction(string WithCode, string WithoutCode)
{
    /// <summary>Every Sandbox has this number: https://www.twilio.com/docs/whatsapp/sandbox.</summary>
    private const string SandboxNumber = "+14155238886";

    public string For(string? number, string? joinCode)
    {
        // People also write the whole instruction, "join happy-cat", into the setting.
        var code = JoinWord().Replace(joinCode?.Trim() ?? "", "");
        var text = code.Length == 0 ? WithoutCode : WithCode;

        return text
            .Replace("{number}", Readable(string.IsNullOrWhiteSpace(number) ? SandboxNumber : number.Trim()))
            .Replace("{joinCode}", code);
    }

    // North American numbers, such as the Sandbox's, in their usual groups; how other countries group theirs differs.
    private static string Readable(string number) => NorthAmerican().Replace(number, "+1 $1 $2 $3");

    [GeneratedRegex(@"^join(\s+|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JoinWord();

    [GeneratedRegex(@"^\+1(\d{3})(\d{3})(\d{4})$")]
    private static partial Regex NorthAmerican();
}
