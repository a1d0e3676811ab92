using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ProviderEmulator;

internal sealed class CreateMessage(
    SendCall call, ContentStore contents, Scenario scenario, SenderRate rate, IOptions<EmulatorOptions> options)
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, CreateMessage handler, CancellationToken cancellationToken)
    {
        // The official clients send no body, and no type, when there is no parameter.
        var form = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        if (http.Request.HasFormContentType)
        {
            foreach (var (name, value) in await http.Request.ReadFormAsync(cancellationToken))
            {
                form.Add(name, value);
            }
        }
        else if (http.Request.ContentType is not null || http.Request.ContentLength > 0)
        {
            return TwilioError.UnsupportedMediaType.ToResult();
        }

        return await handler.TakeAsync(http, form, cancellationToken);
    }

    private Task<IResult> TakeAsync(
        HttpContext http, Dictionary<string, StringValues> form, CancellationToken cancellationToken)
    {
        var arrival = http.Features.GetRequiredFeature<Arrival>();
        arrival.To = form.GetValueOrDefault("To");
        arrival.Body = form.GetValueOrDefault("Body");
        arrival.ContentSid = form.GetValueOrDefault("ContentSid");
        arrival.ContentVariables = form.GetValueOrDefault("ContentVariables");
        arrival.StatusCallback = form.GetValueOrDefault("StatusCallback");
        return call.TakeAsync(http, () => Read(form, arrival.At), cancellationToken);
    }

    private Reading Read(Dictionary<string, StringValues> form, DateTimeOffset arrivedAt)
    {
        if (!MessageOrder.TryRead(form, options.Value.Sends, contents, out var order, out var error))
        {
            return new(null, error);
        }

        var limited = scenario.IsSandbox && MessageOrder.Number(order.From) == options.Value.SandboxNumber;
        return limited && !rate.TryPass(arrivedAt) ? new Reading(null, TwilioError.TooFast) : order;
    }
}
