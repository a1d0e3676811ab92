using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Who may do what: users with a session cookie, programs with an API key.</summary>
internal static class SignIn
{
    private const string SessionOrKey = "SessionOrKey";
    private const int LargestBody = 16 * 1024;

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Users>();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<LoginFailures>();
        builder.Services.AddHostedService<FirstAdministrator>();
        builder.Services.AddRateLimiter(Login.AddLimit);

        builder.Services.AddDataProtection().SetApplicationName("Campaigns");
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services =>
            new ConfigureOptions<KeyManagementOptions>(
                options => options.XmlRepository = services.GetRequiredService<KeyRing>()));

        builder.Services.AddAuthentication(SessionOrKey)
            .AddPolicyScheme(SessionOrKey, null, options => options.ForwardDefaultSelector = context =>
                ApiKeyAuthentication.IsUsed(context)
                    ? ApiKeyAuthentication.Name
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(Session.Configure)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.Name, null);

        // What says nothing about itself is closed.
        var authorization = builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        Roles.AddPolicies(authorization);
    }

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/api/auth").WithTags("Sign-in").RequireAuthorization(Roles.Viewer)
            .WithMetadata(new RequestSizeLimitAttribute(LargestBody));
        auth.MapPost("/login", Login.HandleAsync).AllowAnonymous().RequireRateLimiting(Login.Limit)
            .WithSummary("Begins a session, which a cookie carries.");
        auth.MapPost("/logout", (Delegate)LogoutAsync).WithSummary("Ends the session.");
        auth.MapGet("/me", (HttpContext context) =>
            TypedResults.Ok(new SignedIn(Roles.NameOf(context.User), Roles.RoleOf(context.User))))
            .WithSummary("Who is signed in.");

        var keys = auth.MapGroup("/api-keys").RequireAuthorization(Roles.Admin);
        keys.MapPost("/", ApiKeyEndpoints.CreateAsync).WithMetadata(ApiKeyEndpoints.ShownOnce)
            .WithSummary("Makes a key for a program; it is shown this once.");
        keys.MapGet("/", ApiKeyEndpoints.ListAsync).WithSummary("The keys, without what they are.");
        keys.MapDelete("/{id:guid}", ApiKeyEndpoints.DeleteAsync).WithSummary("Revokes a key.");

        var users = auth.MapGroup("/users").RequireAuthorization(Roles.Admin);
        users.MapPost("/", UserEndpoints.CreateAsync).WithSummary("Adds a person who may sign in.");
        users.MapGet("/", UserEndpoints.ListAsync).WithSummary("Who may sign in.");
        users.MapDelete("/{id:guid}", UserEndpoints.DeleteAsync).WithSummary("Removes a person who may sign in.");

        // Not for the services: whatever else is asked for here does not exist.
        auth.Map("/{**rest}", () => TypedResults.NotFound()).ExcludeFromDescription();
        // Routing would pass a body of another type on to that; the endpoints themselves answer 415.
        ((IEndpointConventionBuilder)auth).Finally(endpoint =>
        {
            foreach (var accepts in endpoint.Metadata.OfType<IAcceptsMetadata>().ToArray())
            {
                endpoint.Metadata.Remove(accepts);
            }
        });
    }

    /// <summary>Who changes keys or people; null for what else is asked: services take care of their own.</summary>
    public static string? WriterIn(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api/auth/api-keys")
        || context.Request.Path.StartsWithSegments("/api/auth/users")
            ? Roles.NameOf(context.User)
            : null;

    private static async Task<NoContent> LogoutAsync(
        HttpContext context, Users users, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(context.User.FindFirstValue(Session.SessionId), out var session))
        {
            await users.EndSessionAsync(session, cancellationToken);
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }
}
