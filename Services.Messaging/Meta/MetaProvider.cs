using System.Net;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Meta's Cloud API. It has no list of messages; reports bring back what was sent along, so they name our message.
/// </summary>
internal sealed class MetaProvider(
    HttpClient http, WebhookProbe probe, IOptions<MetaOptions> options, TimeProvider clock) : IMessageProvider
{
    private readonly MetaOptions _options = options.Value;

    public string Name => "meta";

    public bool KeepsList => false;

    public Task<SendResult> SendAsync(
        SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken) =>
        http.PostOnceAsync(
            MetaRequest.Path(_options.PhoneNumberId),
            new ByteArrayContent(MetaRequest.Body(message)) { Headers = { ContentType = new("application/json") } },
            leave, MetaAnswer.Read, clock, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
        MessageFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>As Meta does when the webhook is subscribed: a word that has to come back.</summary>
    public async Task<string?> CheckWebhookAsync(CancellationToken cancellationToken)
    {
        var word = Guid.NewGuid().ToString("n");
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{_options.PublicUrl.TrimEnd('/')}/api/webhooks/meta?hub.mode=subscribe&hub.challenge={word}"
            + $"&hub.verify_token={Uri.EscapeDataString(_options.VerifyToken)}");
        return await probe.AskAsync(
            request, _options.Api, HttpStatusCode.Forbidden,
            async answer => await answer.Content.ReadAsStringAsync(cancellationToken) == word, cancellationToken);
    }

    public static void Register(IServiceCollection services)
    {
        MetaOptions.Register(services);
        MetaTemplates.Register(services);
        WebhookProbe.Register(services);
        services.AddProvider<MetaProvider>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<MetaOptions>>().Value;
            http.BaseAddress = options.Api;
            http.DefaultRequestHeaders.Authorization = new("Bearer", options.AccessToken);
        });
    }
}
