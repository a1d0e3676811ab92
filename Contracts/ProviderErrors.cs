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
public sealed record ErrorText(string Title, string Explanation, string Action);

/// <summary>One error code of a provider: its meaning, who must act, and whether a retry helps.</summary>
public sealed record ProviderError(
    string Code, RetryAdvice Retry, ErrorActor Actor, bool StopsSender, ErrorText English, ErrorText French)
{
    public bool Permanent => Retry == RetryAdvice.Never;

    /// <summary>French for <c>fr</c> and its regions, else English.</summary>
    public ErrorText In(string? language) =>
        language?.StartsWith("fr", StringComparison.OrdinalIgnoreCase) == true ? French : English;
}

/// <summary>The error dictionary: every code a provider is known to give, explained in plain words.</summary>
public static class ProviderErrors
{
    /// <summary>Never null: a code that is not in the dictionary is explained as unknown and not retried.</summary>
    public static ProviderError Find(string provider, string code) =>
        new(code, RetryAdvice.Never, ErrorActor.Administrator, false,
            new("Unknown error", "", ""), new("Erreur inconnue", "", ""));
}
