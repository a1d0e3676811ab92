namespace Contracts;

/// <summary>
/// Somebody wants to know now whether the provider can reach our webhooks; <see cref="WebhooksChecked"/> tells.
/// </summary>
public sealed record CheckWebhooks
{
    public required DateTimeOffset RequestedAt { get; init; }
}
