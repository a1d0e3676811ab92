using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// What the providers' APIs have in common: the arrival is noted before the body is read, and no answer is quicker than
/// the latency that was set.
/// </summary>
internal sealed class ArrivalFilter(ArrivalLog log, IOptions<EmulatorOptions> options, TimeProvider clock)
    : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var arrival = new Arrival
        {
            At = clock.GetUtcNow(),
            Method = http.Request.Method,
            Path = http.Request.Path.Value ?? "",
        };
        http.Features.Set(arrival);
        log.Add(arrival);

        var result = await next(context);

        if (options.Value.Latency > TimeSpan.Zero)
        {
            await Task.Delay(options.Value.Latency, clock, http.RequestAborted);
        }

        arrival.Status ??= (result as IStatusCodeHttpResult)?.StatusCode;
        return result;
    }
}
