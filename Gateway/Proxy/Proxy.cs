using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Gateway;

/// <summary>The way to the services: routes and clusters as in appsettings.json.</summary>
internal static class Proxy
{
    /// <summary>Of a route's metadata: what the service behind it does not have in front of its paths.</summary>
    private const string Prefix = "Prefix";

    private static readonly UriCreationOptions AsItCame = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static void AddProxy(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceAddresses>().AddSingleton<CallerAddress>();
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .AddConfigFilter<ServiceAddresses>()
            .AddTransforms(AddTransforms);
    }

    public static void MapProxy(this WebApplication app)
    {
        // Without Yarp's session affinity: the services keep no sessions.
        app.MapReverseProxy(pipeline =>
        {
            pipeline.Use(ForwardAsync);
            pipeline.UseLoadBalancing();
            pipeline.UsePassiveHealthChecks();
        });
        var services = app.Services.GetRequiredService<ServiceAddresses>();
        if (!services.IsConfigured("frontend"))
        {
            app.MapWithoutFrontend();
        }

        if (!services.IsConfigured("emulator"))
        {
            // Ahead of the route: without the emulator there are no phones to practise with.
            app.Map("/api/practice/{**path}", () => TypedResults.NotFound())
                .RequireAuthorization(Roles.Viewer).WithOrder(-1).ExcludeFromDescription();
        }
    }

    private static void AddTransforms(TransformBuilderContext route)
    {
        // The browser's secrets end here; a webhook's own proof and the pages' session go through.
        var endsHere = Roles.All.Contains(route.Route.AuthorizationPolicy ?? "");
        var isForPages = route.Route.ClusterId == "frontend";
        var addresses = route.Services.GetRequiredService<CallerAddress>();
        route.AddResponseHeaderRemove("Server", ResponseCondition.Always);
        route.AddRequestTransform(request =>
        {
            var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            // Signatures of webhooks cover every byte of the address, and Yarp would encode it anew. Clients that
            // speak to us as to a proxy send a whole URL instead: that one is Yarp's.
            if (route.Route.Metadata?.GetValueOrDefault(Prefix) is { } prefix)
            {
                request.HttpContext.Request.Path.StartsWithSegments(prefix, out var rest);
                request.Path = rest;
            }
            else if (target.StartsWith('/'))
            {
                request.ProxyRequest.RequestUri = new(request.DestinationPrefix.TrimEnd('/') + target, AsItCame);
            }

            var headers = request.ProxyRequest.Headers;
            if (request.HttpContext.User is { Identity.IsAuthenticated: true } user)
            {
                headers.TryAddWithoutValidation(Headers.UserName, Uri.EscapeDataString(Roles.NameOf(user)));
                headers.TryAddWithoutValidation(Headers.UserRole, Roles.RoleOf(user));
                headers.TryAddWithoutValidation(Headers.UserAddress, addresses.Of(request.HttpContext));
            }

            headers.Remove(Headers.Visitor);
            if (isForPages)
            {
                headers.TryAddWithoutValidation(Headers.Visitor, addresses.Seal(request.HttpContext));
            }

            if (endsHere)
            {
                headers.Remove("Cookie");
                headers.Remove("Authorization");
            }

            return ValueTask.CompletedTask;
        });
    }

    private static async Task ForwardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentLength > LargestBody(context))
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        // A service's answer is its own, even an empty one; only what failed here is put into words.
        context.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
        await ForwardToOneAsync(context, next);
        if (context.Features.Get<IForwarderErrorFeature>() is not null && !context.Response.HasStarted
            && !context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, context.Response.StatusCode);
        }
    }

    /// <summary>
    /// Tries one replica after the other while none has answered and nothing can have happened twice: in the second
    /// after its death a replica still counts as healthy.
    /// </summary>
    private static async Task ForwardToOneAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var untried = proxy.AvailableDestinations.ToList();
        while (true)
        {
            await next(context);
            if (context.Features.Get<IForwarderErrorFeature>() is not { } error || !MayTryAnother(context, error)
                || !untried.Remove(proxy.ProxiedDestination!) || untried.Count == 0)
            {
                return;
            }

            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            proxy.AvailableDestinations = untried;
        }
    }

    // Refused: nothing was sent. Else only what has no body, which is spent, and changes nothing.
    private static bool MayTryAnother(HttpContext context, IForwarderErrorFeature error) =>
        !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested
        && (error.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
            || (error.Error == ForwarderError.Request
                && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))));

    private static Task RefuseAsync(HttpContext context, int status)
    {
        var detail = status switch
        {
            StatusCodes.Status413PayloadTooLarge => Problems.TooLarge(LargestBody(context)).Told(),
            >= 500 => $"The service {ServiceAddresses.NameOf(context.GetReverseProxyFeature().Cluster.Config)} "
                + "does not answer: try again in a moment.",
            _ => null,
        };
        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    private static long? LargestBody(HttpContext context) =>
        context.GetReverseProxyFeature().Route.Config.MaxRequestBodySize
        ?? context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    private static void MapWithoutFrontend(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Text("""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Campaigns</title>
            <h1>Campaigns</h1>
            <p>No front end is configured. <a href="/docs">The API</a> · <a href="/health">Health</a></p>
            </html>
            """, "text/html; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        app.Map("/{**path}", () => TypedResults.NotFound()).AllowAnonymous().ExcludeFromDescription();
    }
}
