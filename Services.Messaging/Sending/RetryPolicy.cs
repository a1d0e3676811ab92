using Contracts;

namespace Services.Messaging;

/// <summary>What follows from a provider's "no". Arithmetic, no I/O.</summary>
internal static class RetryPolicy
{
    /// <summary>Automatic retries after the first attempt.</summary>
    public const int Retries = 3;

    /// <summary>The code under which a sender rests after a connection could not be made.</summary>
    public const string NotConnected = "not_connected";

    /// <summary>The code under which a sender rests after a call whose outcome nobody knows.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>Nobody told for long what became of the message, and nobody can be asked.</summary>
    public const string Unconfirmed = "unconfirmed";

    /// <summary>How often the rest after an unknown outcome is doubled: 1, 2, 4, 8 seconds.</summary>
    public const int RestDoublings = 3;

    /// <summary>The account's cap of messages a day (https://www.twilio.com/docs/api/errors/63038).</summary>
    private const string DailyLimit = "63038";

    private static readonly TimeSpan ConnectionPause = TimeSpan.FromSeconds(6);

    /// <summary>
    /// After the first unknown outcome. Short, since one fault of many calls must not cost much; the same in both
    /// modes, since in strict mode a rest below the spacing costs nothing, and above it spares people the wait for an
    /// outcome to be verified.
    /// </summary>
    public static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);

    /// <summary>60·2^(n−1) seconds before the n-th retry, where the base is 60 seconds.</summary>
    public static TimeSpan Delay(TimeSpan baseDelay, int retry) => baseDelay * Math.Pow(2, retry - 1);

    /// <summary>When the message may be tried again; null: it has failed for good.</summary>
    /// <remarks>
    /// <see cref="RetryAdvice.Verify"/> ends here only for a failure that the provider itself has reported, such as
    /// 30410 (it lost its own call to WhatsApp and does not repeat it). The message may have arrived, and there is
    /// nobody left to ask: a person decides, and a late "delivered" still counts.
    /// </remarks>
    public static DateTimeOffset? NotBefore(
        ProviderError error, int retriesUsed, TimeSpan? retryAfter, DateTimeOffset now, TimeSpan baseDelay) =>
        retriesUsed >= Retries ? null : error.Retry switch
        {
            RetryAdvice.Backoff => now + Longer(Delay(baseDelay, retriesUsed + 1), retryAfter ?? TimeSpan.Zero),
            RetryAdvice.Later when error.Code == DailyLimit => Tomorrow(now),
            RetryAdvice.Later => now + TimeSpan.FromDays(1),
            _ => null,
        };

    /// <summary>Until when the whole sender rests, and under which code; null: it does not.</summary>
    public static Halt? HaltAfter(SendResult result, DateTimeOffset now) => result switch
    {
        SendResult.Refused(DailyLimit, _) => new(Tomorrow(now), DailyLimit),
        SendResult.Refused(var code, { } retryAfter) => new(now + retryAfter, code),
        SendResult.NotSent { Connected: false } => new(now + ConnectionPause, NotConnected),
        _ => null,
    };

    private static DateTimeOffset Tomorrow(DateTimeOffset now) => new(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

/// <summary>A sender's rest: no call before <paramref name="Until"/>, because of <paramref name="Code"/>.</summary>
internal sealed record Halt(DateTimeOffset Until, string? Code);
