namespace Contracts;

/// <summary>
/// A person has stopped or resumed messages without writing to us: in WhatsApp itself, or at the provider.
/// </summary>
public sealed record ConsentChanged
{
    public required string Provider { get; init; }

    /// <summary>The person, as in <see cref="MessageReceived.From"/>.</summary>
    public required string From { get; init; }

    public required OptOutType Consent { get; init; }

    /// <summary>When it came; or earlier, when it happened, if the provider says so.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
