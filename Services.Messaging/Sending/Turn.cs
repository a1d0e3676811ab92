namespace Services.Messaging;

/// <summary>A claim that is in the ledger: this process, and nobody else, may make this call.</summary>
/// <param name="Id">Named again when the answer is recorded.</param>
/// <param name="Asked">Local time stamp from before the claim.</param>
/// <param name="Trip">How long the claim took to be entered.</param>
/// <param name="Ahead">How long after that the call is due.</param>
internal sealed record Claim(Guid Id, long Asked, TimeSpan Trip, TimeSpan Ahead)
{
    /// <summary>The first call after a rest: its answer tells whether the provider is well again.</summary>
    public bool Probe { get; init; }

    public required Slot Slot { get; init; }

    /// <summary>In fast mode, how much later than it left the call may have arrived at the provider.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>How long after the claim was entered the sender's next call could begin.</summary>
    public TimeSpan Following { get; init; }

    /// <summary>How long after <see cref="Asked"/> the call is due.</summary>
    public TimeSpan Due => Trip + Ahead;

    /// <summary>
    /// The process was frozen: others may have judged this claim, and the slot may be another's by now. Counted from
    /// before the claim, since it may have been frozen while the answer was on its way.
    /// </summary>
    public bool IsTooLate(TimeSpan elapsed) => elapsed > Ahead + SendingOptions.StartLimit;
}

/// <summary>An instant of a sender, by the database's clock, and its place in the ring of the last ones.</summary>
internal sealed record Slot(long Place, DateTimeOffset Start);

/// <summary>What may be done with an order.</summary>
internal abstract record Turn
{
    private Turn()
    {
    }

    /// <summary>Call the provider.</summary>
    public sealed record Taken(Claim Claim) : Turn;

    /// <summary>The ledger has this attempt, or a later one; or an earlier one that is or may be out.</summary>
    public sealed record Known(SendAttempt Attempt) : Turn;

    /// <summary>Hand it back unsent.</summary>
    public sealed record Returned(DateTimeOffset? NotBefore, string? ErrorCode) : Turn;
}
