namespace Contracts;

/// <summary>A person wrote to us.</summary>
public sealed record MessageReceived
{
    public required string Provider { get; init; }

    /// <summary>Unique, so a repeat is recognised by it (Twilio's MessageSid, WhatsApp's <c>wamid</c>).</summary>
    public required string ProviderMessageId { get; init; }

    /// <summary>
    /// E.164 where the person's number is known; else the provider's address as text
    /// (people with a WhatsApp user name need not share a number: https://www.twilio.com/docs/whatsapp/key-concepts).
    /// </summary>
    public required string From { get; init; }

    /// <summary>Our sender in E.164.</summary>
    public required string To { get; init; }

    /// <summary>May be empty (a picture, a reaction). A pressed button's text stands here.</summary>
    public required string Text { get; init; }

    public string? ProfileName { get; init; }

    public string? ButtonPayload { get; init; }

    /// <summary>Set when the provider itself has recognised a keyword (Twilio's Advanced Opt-Out).</summary>
    public OptOutType? OptOut { get; init; }

    /// <summary>The provider's id of our message that the person replied to, if they quoted one.</summary>
    public string? RepliedToProviderMessageId { get; init; }

    public int MediaCount { get; init; }

    /// <summary>When it came; or earlier, when it was written, if the provider says so.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>True if no webhook told it: the provider was asked.</summary>
    public bool Asked { get; init; }
}

/// <summary>Twilio's <c>OptOutType</c> (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out).</summary>
public enum OptOutType
{
    Stop,
    Start,
    Help,
}
