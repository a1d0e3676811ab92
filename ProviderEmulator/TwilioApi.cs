using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>What all of Twilio's resources have in common: the arrival is noted, then Basic authentication.</summary>
internal static class TwilioApi
{
    public const string Version = "2010-04-01";

    public static RouteGroupBuilder MapTwilioApi(this WebApplication app)
    {
        var api = app.MapGroup("").AddEndpointFilter<ArrivalFilter>().AddEndpointFilter<CredentialsFilter>();
        api.Map($"/{Version}/{{**path}}", () => TwilioError.NotFound.ToResult());
        api.Map("/v1/{**path}", () => TwilioError.NotFound.ToResult());
        return api;
    }

    private sealed class CredentialsFilter(IOptions<EmulatorOptions> options) : IEndpointFilter
    {
        private readonly byte[] _expected = Encoding.UTF8.GetBytes("Basic " + Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"{options.Value.AccountSid}:{options.Value.AuthToken}")));

        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            var given = Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString());
            if (!CryptographicOperations.FixedTimeEquals(given, _expected))
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
                return ValueTask.FromResult<object?>(TwilioError.Unauthorized.ToResult());
            }

            return http.GetRouteValue("accountSid") is string account && account != options.Value.AccountSid
                ? ValueTask.FromResult<object?>(TwilioError.NotFound.ToResult())
                : next(context);
        }
    }
}
