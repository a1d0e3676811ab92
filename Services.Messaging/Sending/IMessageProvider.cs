using Contracts;

namespace Services.Messaging;

/// <summary>A company that carries WhatsApp messages.</summary>
internal interface IMessageProvider
{
    /// <summary>As in the contracts and the error dictionary, e.g. <c>twilio</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the provider can be asked what it has sent and received. If not, <see cref="ListAsync"/> and
    /// <see cref="FindAsync"/> are never called: only reports tell what became of a message.
    /// </summary>
    bool KeepsList => true;

    /// <summary>
    /// Calls the provider once, within <see cref="SendingOptions.CallLimit"/>; never repeats the call by itself and
    /// does not throw because of what the network or the provider does.
    /// </summary>
    /// <param name="leave">
    /// Awaited once the connection is there, before the first byte leaves; false: nothing is to leave any more.
    /// </param>
    Task<SendResult> SendAsync(SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken);

    /// <summary>
    /// The provider's list of messages, newest first, read page by page as it is walked, in both directions and back to
    /// <see cref="MessageFilter.Since"/> at least. Whoever walks it to the end has seen all of them.
    /// </summary>
    /// <exception cref="ProviderSilentException">It could not be read on: nothing is to be concluded.</exception>
    IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
        MessageFilter filter, CancellationToken cancellationToken);

    /// <summary>One message; null if the provider has none of this id.</summary>
    /// <exception cref="ProviderSilentException">There was no answer, or none that could be understood.</exception>
    Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the provider can reach our webhook, as far as can be told from here. Null: it can; else why not (see
    /// <see cref="WebhooksChecked.Reason"/>).
    /// </summary>
    Task<string?> CheckWebhookAsync(CancellationToken cancellationToken);
}

/// <summary>Which messages; what is null does not matter.</summary>
/// <param name="From">A number in E.164.</param>
/// <param name="To">A number in E.164.</param>
/// <param name="Since">By the provider's clock. A walk may bring a few older ones.</param>
internal sealed record MessageFilter(string? From, string? To, DateTimeOffset Since);

/// <summary>A message as the provider has it.</summary>
internal sealed record ProviderMessage
{
    public required string ProviderMessageId { get; init; }

    /// <summary>E.164 where it is a number.</summary>
    public required string From { get; init; }

    /// <inheritdoc cref="From"/>
    public required string To { get; init; }

    /// <summary>True if a person sent it to us.</summary>
    public bool Inbound { get; init; }

    /// <summary>As it reads at the recipient's; empty or null where the provider does not keep texts.</summary>
    public string? Text { get; init; }

    /// <summary>Null if inbound, or if the provider's word means nothing to us.</summary>
    public DeliveryStatus? Status { get; init; }

    public string? ErrorCode { get; init; }

    public int MediaCount { get; init; }

    /// <summary>By the provider's clock; null if it did not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The id of the event with which a webhook would tell this (see <see cref="DerivedId"/>).</summary>
    public Guid EventId { get; init; }
}

/// <summary>The provider did not answer a question, or not in a way that says anything.</summary>
internal sealed class ProviderSilentException(string message) : Exception(message);
