namespace Services.Campaigns;

/// <summary>Numbers are stored: never renumber.</summary>
internal enum MessageStatus : short
{
    Pending = 0,

    /// <summary>Waits for <see cref="CampaignMessage.NextAttemptAt"/>.</summary>
    Retrying = 1,

    /// <summary>An order is out.</summary>
    Queued = 2,

    /// <summary>The provider may have it: the outcome is being verified.</summary>
    Sending = 3,

    /// <summary>The provider accepted it.</summary>
    Sent = 4,

    Failed = 5,

    Delivered = 6,

    Read = 7,

    Cancelled = 8,

    /// <summary>Never sent, and no failure: opted out, no open session, a variable without a value.</summary>
    Skipped = 9,
}

/// <summary>Numbers are stored: never renumber.</summary>
internal enum MessageKind : short
{
    /// <summary>One number's preview of Message 1, outside the statistics.</summary>
    Test = 0,

    Message1 = 1,

    Message2 = 2,

    /// <summary>Written by hand, of no campaign and outside the statistics.</summary>
    Reply = 3,
}
