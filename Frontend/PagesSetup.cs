using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Radzen;
using ServiceDefaults;

namespace Frontend;

/// <summary>The Blazor pages and what they need.</summary>
internal static class PagesSetup
{
    // Bars are as long as style attributes say; scripts, fonts and data come from here only.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; "
        + "form-action 'self'; frame-ancestors 'none'";

    private const long LargestMessage = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static void AddPages(this WebApplicationBuilder builder)
    {
        // Seals what a page passes to its circuit, which lives as long as this process: no key has to be kept.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        // What a page has read comes back with its first message: a list of long texts is more than the default of 32 KB.
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        builder.Services.AddRadzenComponents();
        builder.AddWarmUp(OpenAsync);
        // Whoever reaches this process is the gateway, wherever it runs.
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
        });
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets();
        // Forms are sent to the gateway's API, which refuses those of other origins; no form is posted here.
        app.UseAntiforgery();
        app.MapRazorComponents<App>().DisableAntiforgery().AddInteractiveServerRenderMode(options =>
            options.ContentSecurityFrameAncestorsPolicy = null); // in the policy above
    }

    /// <summary>Says to the browser what a page may load.</summary>
    public static void UsePagePolicy(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return next(context);
    });

    /// <summary>
    /// Through the gateway, once it is there, and without a session: the frame, which asks who is there, and the sign-in.
    /// </summary>
    private static async Task OpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var page = CampaignsClientSetup.GatewayOf(services.GetRequiredService<IConfiguration>());
        using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        while (!await IsOpenedAsync())
        {
            await Task.Delay(Pause, services.GetRequiredService<TimeProvider>(), cancellationToken);
        }

        async Task<bool> IsOpenedAsync()
        {
            try
            {
                using var answer = await http.GetAsync(page, cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
