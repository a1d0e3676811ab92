using Microsoft.AspNetCore.Http.HttpResults;

namespace ProviderEmulator;

/// <summary>The virtual phones in the browser.</summary>
internal static class PageApi
{
    public static RouteGroupBuilder MapPage(this RouteGroupBuilder control)
    {
        control.MapGet("/", (HttpResponse response) => File(response, "index.html", "text/html"));
        control.MapGet("/phones.js", (HttpResponse response) => File(response, "phones.js", "text/javascript"));
        control.MapGet("/phones.css", (HttpResponse response) => File(response, "phones.css", "text/css"));
        return control;
    }

    private static FileStreamHttpResult File(HttpResponse response, string name, string contentType)
    {
        // What people write is shown here; nothing of it may run, and nobody may frame the buttons.
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
            + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(
            typeof(PageApi).Assembly.GetManifestResourceStream(name)!, $"{contentType}; charset=utf-8");
    }
}
