using Contracts;

namespace Services.Messaging;

/// <summary>The templates of the account at the provider, where it can be asked for them.</summary>
internal interface ITemplateList
{
    /// <summary>All of them, page by page.</summary>
    /// <exception cref="ProviderSilentException">The list cannot be read to its end.</exception>
    IAsyncEnumerable<ProviderTemplate> ListAsync(CancellationToken cancellationToken);
}
