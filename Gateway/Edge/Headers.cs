namespace Gateway;

/// <summary>The headers of every request and answer.</summary>
internal static class Headers
{
    public const string UserName = "X-User-Name";
    public const string UserRole = "X-User-Role";
    public const string UserAddress = "X-User-Address";

    /// <summary>To the Frontend and back: see <see cref="CallerAddress"/>.</summary>
    public const string Visitor = "X-Visitor";

    /// <summary>For answers that are no pages.</summary>
    internal const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>For pages that say nothing themselves; data: is for the images in Swagger UI's style sheet.</summary>
    internal const string PagePolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        + "frame-ancestors 'none'";

    // Whatever claims to have been said by a proxy in front or by the gateway itself.
    private static readonly string[] Ours = ["X-User-", "X-Forwarded-", "X-Original-", "X-Real-"];

    /// <summary>
    /// Removes from the request what only the gateway may say, and adds to the answer what makes browsers careful.
    /// </summary>
    public static void UseCarefulHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        Clean(context.Request.Headers);
        context.Response.OnStarting(Complete, context);
        return next(context);
    });

    internal static void Clean(IHeaderDictionary headers)
    {
        headers.Remove("Forwarded");
        List<string>? claims = null;
        foreach (var header in headers)
        {
            if (Array.Exists(Ours, name => header.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            {
                (claims ??= []).Add(header.Key);
            }
        }

        claims?.ForEach(claim => headers.Remove(claim));
    }

    private static Task Complete(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = IsPage(context.Request.Path) ? PagePolicy : DataPolicy;
        }

        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return Task.CompletedTask;
    }

    private static bool IsPage(PathString path) =>
        !path.StartsWithSegments("/api") && !path.StartsWithSegments("/openapi")
        && !path.StartsWithSegments("/health") && !path.StartsWithSegments("/alive");
}
