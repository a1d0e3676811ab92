namespace Services.Messaging;

/// <summary>What is known after a call.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The provider has the message.</summary>
    public sealed record Accepted(string ProviderMessageId) : SendResult;

    /// <summary>The provider said no and did not process it. The code decides whether a retry can help.</summary>
    /// <param name="Code">The provider's code, or <c>http_404</c> where it gave none.</param>
    /// <param name="RetryAfter">How long the provider wants no call of this sender.</param>
    public sealed record Refused(string Code, TimeSpan? RetryAfter = null) : SendResult;

    /// <summary>The request left, or may have, and no answer tells what became of it.</summary>
    public sealed record Unknown(string Reason) : SendResult;

    /// <summary>Provably nothing left: no connection could be made, or the call was not begun.</summary>
    /// <param name="Reason">For the log.</param>
    /// <param name="Connected">False: the next order of this sender would fare alike just now.</param>
    public sealed record NotSent(string Reason, bool Connected) : SendResult;
}
