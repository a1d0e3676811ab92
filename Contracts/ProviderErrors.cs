using System.Collections.Frozen;
using System.Diagnostics;

namespace Contracts;

/// <summary>Whether and when another attempt can help. Decided by the code, never by the HTTP status alone.</summary>
public enum RetryAdvice
{
    /// <summary>Permanent until somebody acts.</summary>
    Never,

    /// <summary>After 60·2^(n−1) seconds, three times at most.</summary>
    Backoff,

    /// <summary>Not before tomorrow (a daily limit, a phone that is off, a paused template).</summary>
    Later,

    /// <summary>The message may have left: ask the provider first, never send again on a guess.</summary>
    Verify,
}

/// <summary>Who has to do something before the message can go through.</summary>
public enum ErrorActor
{
    Nobody,
    Recipient,
    Manager,
    Administrator,
    Provider,
}

/// <summary>What a user is told, in one language: what happened, why, and the one thing to do.</summary>
public sealed record ErrorText(string Title, string Explanation, string Action)
{
    /// <summary>Set where the action names the Sandbox's number and the words to send to it.</summary>
    internal JoinAction? Join { get; init; }

    /// <summary>
    /// The same with this installation's Sandbox in the action: its number in E.164 and the code that people send to
    /// join. Without a code the action says where to find it; texts that do not speak of the Sandbox stay as they are.
    /// </summary>
    public ErrorText Fill(string? number, string? joinCode) =>
        Join is null ? this : this with { Action = Join.For(number, joinCode) };
}

/// <summary>One error code of a provider: its meaning, who must act, and whether a retry helps.</summary>
public sealed record ProviderError(
    string Code, RetryAdvice Retry, ErrorActor Actor, bool StopsSender, ErrorText English, ErrorText French)
{
    public bool Permanent => Retry == RetryAdvice.Never;

    /// <summary>French for <c>fr</c> and its regions, else English.</summary>
    public ErrorText In(string? language) =>
        language?.StartsWith("fr", StringComparison.OrdinalIgnoreCase) == true ? French : English;
}

/// <summary>
/// The error dictionary: every code a provider is known to give, and our own reasons for not sending, explained in
/// plain words. The entries are the files <c>Errors/*.json</c>: one for each provider, <c>common.json</c> for all.
/// Gupshup passes Meta's codes on, so what its own file lacks is looked up in Meta's.
/// </summary>
public static class ProviderErrors
{
    private const string Common = "common";

    private const string Gupshup = "gupshup";

    private const string Meta = "meta";

    private static readonly FrozenDictionary<string, ErrorFile> Files = ErrorFile.ReadAll();

    /// <summary>Never null: a code that is not in the dictionary is explained as unknown and not retried.</summary>
    public static ProviderError Find(string? provider, string? code)
    {
        code ??= "";

        return Files.GetValueOrDefault(provider ?? Common)?.Find(code)
            ?? (IsPassedOn(provider, code) ? Files[Meta].Find(code) : null)
            ?? Files[Common].Find(code)
            ?? throw new UnreachableException("common.json ends with an entry for every code.");
    }

    // Shorter numbers would be Gupshup's own. https://docs.gupshup.io/docs/message-events
    private static bool IsPassedOn(string? provider, string code) =>
        Gupshup.Equals(provider, StringComparison.OrdinalIgnoreCase)
        && (code.Length > 4 || code is "470" or "471" or "472" or "1013");
}
