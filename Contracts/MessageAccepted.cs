namespace Contracts;

/// <summary>The provider took the message, under <see cref="ProviderMessageId"/> (Twilio's SID).</summary>
public sealed record MessageAccepted
{
    public required Guid MessageId { get; init; }

    public required int Attempt { get; init; }

    public required string Provider { get; init; }

    public required string ProviderMessageId { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }
}
