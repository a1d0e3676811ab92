using System.Net;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>Gupshup's self-serve API. It has no list of messages, and reports carry no id of ours.</summary>
internal sealed class GupshupProvider(
    HttpClient http, WebhookProbe probe, IOptions<GupshupOptions> options, TimeProvider clock) : IMessageProvider
{
    private readonly GupshupOptions _options = options.Value;

    public string Name => "gupshup";

    public bool KeepsList => false;

    public Task<SendResult> SendAsync(
        SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken) =>
        http.PostOnceAsync(
            GupshupRequest.Path(message), new FormUrlEncodedContent(GupshupRequest.Form(message, _options.AppName)),
            leave, GupshupAnswer.Read, clock, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
        MessageFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Gupshup signs nothing; its secret goes where Gupshup lets it be set, and a proof comes back.</summary>
    public async Task<string?> CheckWebhookAsync(CancellationToken cancellationToken)
    {
        var word = Guid.NewGuid().ToString("n");
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{_options.PublicUrl.TrimEnd('/')}/api/webhooks/gupshup?{SelfTest.Field}={word}");
        request.Headers.TryAddWithoutValidation("Authorization", _options.WebhookSecret);
        return await probe.AskAsync(
            request, _options.Api, HttpStatusCode.Unauthorized,
            answer => Task.FromResult(
                answer.Headers.TryGetValues(SelfTest.Header, out var proofs)
                && proofs.Contains(SelfTest.Proof(_options.WebhookSecret, word))),
            cancellationToken);
    }

    public static void Register(IServiceCollection services)
    {
        GupshupOptions.Register(services);
        WebhookProbe.Register(services);
        services.AddProvider<GupshupProvider>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<GupshupOptions>>().Value;
            http.BaseAddress = options.Api;
            http.DefaultRequestHeaders.Add("apikey", options.ApiKey);
        });
    }
}
