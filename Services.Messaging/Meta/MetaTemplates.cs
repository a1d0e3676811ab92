using System.Runtime.CompilerServices;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// The business account's templates and what WhatsApp says of them.
/// https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates
/// </summary>
internal sealed class MetaTemplates(HttpClient http, IOptions<MetaOptions> options) : ITemplateList
{
    public static void Register(IServiceCollection services) => services.AddTemplateList<MetaTemplates>(provider =>
    {
        var options = provider.GetRequiredService<IOptions<MetaOptions>>().Value;
        return (options.Api, new("Bearer", options.AccessToken));
    });

    public async IAsyncEnumerable<ProviderTemplate> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Value.BusinessAccountId.Length == 0)
        {
            throw new ProviderSilentException("Meta__BusinessAccountId is not set.");
        }

        await foreach (var template in http.ReadPagesAsync(
            $"{options.Value.BusinessAccountId}/message_templates?fields=name,language,status,components&limit=200",
            "data", page => AnswerJson.Text(AnswerJson.Property(page, "paging"), "next"), cancellationToken))
        {
            if (MetaTemplate.Read(template) is { } read)
            {
                yield return read;
            }
        }
    }
}
