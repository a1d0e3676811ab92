using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Gateway;

/// <summary>The session cookie.</summary>
internal static class Session
{
    public const string CookieName = "campaigns.session";
    public const string UserId = "campaigns:user";
    public const string Stamp = "campaigns:stamp";
    public const string SessionId = "campaigns:session";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Lifetime;
        options.SlidingExpiration = true;
        // An API answers with a status, not with a redirection to a page.
        options.Events.OnRedirectToLogin = context =>
        {
            context.Response.Headers.WWWAuthenticate = "Bearer"; // https://www.rfc-editor.org/rfc/rfc9110#status.401
            return Answer(context.Response, StatusCodes.Status401Unauthorized);
        };
        options.Events.OnRedirectToAccessDenied = context => Answer(context.Response, StatusCodes.Status403Forbidden);
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    // Asked of the database each time: an indexed read is cheap, and who was removed is out at once.
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var users = context.HttpContext.RequestServices.GetRequiredService<Users>();
        if (!Guid.TryParse(context.Principal?.FindFirstValue(UserId), out var id)
            || !Guid.TryParse(context.Principal.FindFirstValue(Stamp), out var stamp)
            || !Guid.TryParse(context.Principal.FindFirstValue(SessionId), out var session)
            || !await users.IsCurrentAsync(id, stamp, session, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }
}
