using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// Meta's Cloud API, in the version that most clients use.
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages
/// </summary>
internal static class MetaApi
{
    private const string Version = "v25.0";

    public static void MapMetaApi(this WebApplication app)
    {
        var api = app.MapGroup($"/{Version}").AddEndpointFilter<ArrivalFilter>().AddEndpointFilter<TokenFilter>();
        api.MapPost("/{phoneNumberId}/messages", SendAsync);
        api.MapGet("/{businessAccountId}/message_templates", MetaTemplates.List);
    }

    private static async Task<IResult> SendAsync(
        HttpContext http, SendCall call, ContentStore contents, IOptions<EmulatorOptions> options,
        CancellationToken cancellationToken)
    {
        JsonElement body = default;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, default, cancellationToken);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // It lacks every parameter then.
        }

        var arrival = http.Features.GetRequiredFeature<Arrival>();
        arrival.To = MetaOrder.AddressOf(MetaOrder.Text(body, "to"));
        arrival.Body = MetaOrder.Text(MetaOrder.Of(body, "text"), "body");
        arrival.ContentSid = MetaOrder.Text(MetaOrder.Of(body, "template"), "name");
        arrival.ContentVariables = arrival.ContentSid is null ? null : MetaOrder.Of(body, "template").GetRawText();
        return await call.TakeAsync(http, () => MetaOrder.Read(body, options.Value, contents), cancellationToken);
    }

    private sealed class TokenFilter(IOptions<EmulatorOptions> options) : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            var theirs = CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()),
                Encoding.UTF8.GetBytes($"Bearer {options.Value.Meta.AccessToken}"));
            var meta = options.Value.Meta;
            return !theirs ? Refuse(MetaError.Unauthorized)
                : IsAnother("phoneNumberId", meta.PhoneNumberId)
                    || IsAnother("businessAccountId", meta.BusinessAccountId)
                    ? Refuse(MetaError.UnknownObject)
                : next(context);

            bool IsAnother(string name, string ours) => http.GetRouteValue(name) is string id && id != ours;

            static ValueTask<object?> Refuse(MetaError error) => ValueTask.FromResult<object?>(error.ToResult());
        }
    }
}
