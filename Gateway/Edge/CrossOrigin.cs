using ServiceDefaults;

namespace Gateway;

/// <summary>
/// Which pages may use the API: our own, and those of <c>Cors:AllowedOrigins</c>, which may do so with the session.
/// </summary>
internal static class CrossOrigin
{
    private const string Setting = "Cors:AllowedOrigins";

    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var origins = Parse(builder.Configuration[Setting]);
        builder.Services.AddSingleton(new AllowedOrigins(origins));
        builder.Services.AddCors(options => options.AddDefaultPolicy(policy =>
        {
            if (origins.Count > 0)
            {
                policy.WithOrigins([.. origins]).AllowCredentials().AllowAnyHeader().AllowAnyMethod()
                    .WithExposedHeaders(
                        "Content-Disposition", "ETag", Idempotency.Replayed, "Location", "Retry-After")
                    .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
            }
        }));
    }

    /// <summary>
    /// Refuses a change, or a live connection, that a page of another origin asks for with somebody's session. The cookie's SameSite=Lax does
    /// not keep out other origins of the same site, such as another port or subdomain. A request with an API key is no
    /// browser's doing, and webhooks carry their own proof.
    /// </summary>
    public static void UseSameOriginForChanges(this WebApplication app)
    {
        var allowed = app.Services.GetRequiredService<AllowedOrigins>();
        app.Use(async (context, next) =>
        {
            if (IsChange(context.Request) && !ApiKeyAuthentication.IsUsed(context)
                && !IsOurs(context.Request) && !allowed.Contains(context.Request.Headers.Origin.ToString()))
            {
                await TypedResults.Problem(
                    "A page of another origin asked for this. If it may, add its origin to Cors__AllowedOrigins.",
                    statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
                return;
            }

            await next(context);
        });
    }

    internal static HashSet<string> Parse(string? setting)
    {
        var origins = (setting ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var origin in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || !uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase))
            {
                throw new StartRefused(
                    $"Cors__AllowedOrigins has \"{origin}\": write origins such as https://app.example.com, "
                    + "without a path, separated by commas.");
            }
        }

        return new(origins, StringComparer.OrdinalIgnoreCase);
    }

    // A page that is live takes its clicks, and shows what they bring, over a WebSocket, which begins as a GET and is
    // open to pages of any origin: https://www.rfc-editor.org/rfc/rfc6455#section-10.2
    private static bool IsChange(HttpRequest request) =>
        (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
            && !HttpMethods.IsOptions(request.Method) && !request.Path.StartsWithSegments("/api/webhooks"))
        || request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);

    // Browsers say it themselves (https://www.w3.org/TR/fetch-metadata/), but only on https and localhost; else the
    // origin's host must be the one asked. A request with neither header comes from no browser's page.
    private static bool IsOurs(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => true,
        "" => request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    private sealed record AllowedOrigins(HashSet<string> Origins)
    {
        public bool Contains(string origin) => Origins.Contains(origin);
    }
}
