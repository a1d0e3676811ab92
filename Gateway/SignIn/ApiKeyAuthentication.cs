using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Signs in <c>Authorization: Bearer &lt;key&gt;</c>, under the name <c>key:&lt;name&gt;</c>.</summary>
internal sealed class ApiKeyAuthentication(
    ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiKey";

    private const string Bearer = "Bearer ";

    /// <summary>Whether the request shows a key, right or wrong.</summary>
    public static bool IsUsed(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsUsed(Context))
        {
            return AuthenticateResult.NoResult();
        }

        var key = Request.Headers.Authorization.ToString()[Bearer.Length..].Trim();
        return await keys.FindAsync(key, Context.RequestAborted) is { } entry
            ? AuthenticateResult.Success(new(new(Roles.Identity(Name, $"key:{entry.Name}", entry.Role)), Name))
            : AuthenticateResult.Fail("The API key is unknown or has expired.");
    }

    // https://www.rfc-editor.org/rfc/rfc6750#section-3
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return base.HandleChallengeAsync(properties);
    }
}
