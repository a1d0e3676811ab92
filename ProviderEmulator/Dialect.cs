namespace ProviderEmulator;

/// <summary>Whom the emulator plays.</summary>
internal enum Provider
{
    Twilio,
    Gupshup,
    Meta,
}

/// <summary>
/// What differs from one provider to the other once a call has been read: names, words, and the shapes of answers and
/// webhooks. Messages, phones and what goes wrong are the same for all.
/// </summary>
internal interface IDialect
{
    /// <summary>The HTTP status of the answer to a message that is accepted.</summary>
    int AcceptedStatus { get; }

    IRefusal TooManyRequests { get; }

    IRefusal ServerError { get; }

    IRefusal Unavailable { get; }

    /// <summary>What the scenario wants refused, with its status and code.</summary>
    IRefusal Refusal(int status, int? code);

    string NewId(int numMedia = 0);

    /// <summary>The answer to a message that was accepted just now.</summary>
    IResult Answer(Message message);

    /// <summary>How a message ends, in this provider's own codes.</summary>
    Fate Judge(Fate fate);

    /// <summary>Whether a webhook tells that a message was accepted, as the answer does.</summary>
    bool ReportsAcceptance(Fate fate);

    /// <summary>Null if nobody wants to be told.</summary>
    WebhookRequest? Report(Message message, MessageStatus status, int? errorCode);

    /// <summary>What a person has written. Null if nobody wants to be told.</summary>
    WebhookRequest? Incoming(Message message, string profileName);
}

/// <summary>An error in a provider's own shape.</summary>
internal interface IRefusal
{
    /// <summary>Null where the provider gives none.</summary>
    int? Code { get; }

    IResult ToResult();
}
