using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// Gupshup's self-serve API: a call for templates and one for free text, both with a form.
/// https://docs.gupshup.io/docs/template-messages, https://docs.gupshup.io/docs/session-messages
/// </summary>
internal static class GupshupApi
{
    public static void MapGupshupApi(this WebApplication app)
    {
        var api = app.MapGroup("/wa/api/v1").AddEndpointFilter<ArrivalFilter>().AddEndpointFilter<KeyFilter>();
        api.MapPost("/template/msg", (HttpContext http, SendCall call, ContentStore contents,
            IOptions<EmulatorOptions> options, CancellationToken cancellationToken) =>
            SendAsync(http, call, form => GupshupOrder.ReadTemplate(form, options.Value, contents), cancellationToken));
        api.MapPost("/msg", (HttpContext http, SendCall call, IOptions<EmulatorOptions> options,
            CancellationToken cancellationToken) =>
            SendAsync(http, call, form => GupshupOrder.ReadText(form, options.Value), cancellationToken));
    }

    private static async Task<IResult> SendAsync(
        HttpContext http, SendCall call, Func<IFormCollection, Reading> read, CancellationToken cancellationToken)
    {
        var form = http.Request.HasFormContentType
            ? await http.Request.ReadFormAsync(cancellationToken)
            : FormCollection.Empty;
        var arrival = http.Features.GetRequiredFeature<Arrival>();
        arrival.To = GupshupOrder.AddressOf(form["destination"]);
        arrival.Body = form["message"];
        arrival.ContentVariables = form["template"];
        return await call.TakeAsync(http, () => read(form), cancellationToken);
    }

    private sealed class KeyFilter(IOptions<EmulatorOptions> options) : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers["apikey"].ToString()),
                Encoding.UTF8.GetBytes(options.Value.Gupshup.ApiKey))
                ? next(context)
                : ValueTask.FromResult<object?>(GupshupError.Unauthorized.ToResult());
    }
}
