using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts;
using Microsoft.Extensions.Options;

namespace Services.Messaging;

/// <summary>
/// Twilio's Content API: the account's templates and what WhatsApp says of them.
/// https://www.twilio.com/docs/content/content-api-resources
/// </summary>
internal sealed class TwilioContent(HttpClient http) : ITemplateList
{
    public static void Register(IServiceCollection services) => services.AddTemplateList<TwilioContent>(provider =>
    {
        var options = provider.GetRequiredService<IOptions<TwilioOptions>>().Value;
        var credentials = Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.FirstToken}");
        return (options.Content, new("Basic", Convert.ToBase64String(credentials)));
    });

    public async IAsyncEnumerable<ProviderTemplate> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var content in http.ReadPagesAsync(
            "v1/ContentAndApprovals?PageSize=500", "contents", Next, cancellationToken))
        {
            if (TwilioTemplate.Read(content) is { } template)
            {
                yield return template;
            }
        }
    }

    private static string? Next(JsonElement page) =>
        page.TryGetProperty("meta", out var meta) ? TwilioTemplate.Text(meta, "next_page_url") : null;
}
