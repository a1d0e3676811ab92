using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ProviderEmulator;

/// <summary>A call of a webhook, ready to be made, and what is done if it fails.</summary>
/// <param name="Url">Without fragment and user information.</param>
/// <param name="Sid">The message's id, for the log.</param>
/// <param name="Content">Made anew for each repeat.</param>
internal sealed record WebhookRequest(
    string Url, string Sid, Func<HttpContent> Content, IReadOnlyDictionary<string, string> Headers,
    ConnectionOverrides Overrides)
{
    /// <summary>JSON, with headers that may depend on its bytes.</summary>
    public static WebhookRequest OfJson(
        string url, string sid, JsonObject json, Func<byte[], Dictionary<string, string>> headers)
    {
        var body = Encoding.UTF8.GetBytes(json.ToJsonString());
        return new WebhookRequest(url, sid, NewContent, headers(body), ConnectionOverrides.Persistent);

        HttpContent NewContent() => new ByteArrayContent(body)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
    }
}
