using Contracts;

namespace Services.Messaging;

/// <summary>A company that carries WhatsApp messages.</summary>
internal interface IMessageProvider
{
    /// <summary>As in the contracts and the error dictionary, e.g. <c>twilio</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Calls the provider once, within <see cref="SendingOptions.CallLimit"/>; never repeats the call by itself and
    /// does not throw because of what the network or the provider does.
    /// </summary>
    Task<SendResult> SendAsync(SendMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// The messages from one number to another that the provider has created since <paramref name="since"/>, as the
    /// provider's clock has it. Null if it gave no complete answer, so that nothing can be concluded.
    /// </summary>
    Task<IReadOnlyList<FoundMessage>?> FindAsync(
        string from, string to, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <param name="ProviderMessageId">The provider's id.</param>
/// <param name="CreatedAt">By the provider's clock; null if it did not say.</param>
internal sealed record FoundMessage(string ProviderMessageId, DateTimeOffset? CreatedAt);
