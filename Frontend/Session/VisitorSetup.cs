using System.Globalization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Localization;

namespace Frontend;

/// <summary>Tells pages and circuits who is there, in which language.</summary>
internal static class VisitorSetup
{
    /// <summary>The languages of Texts/.</summary>
    public static readonly CultureInfo[] Languages = [new("en"), new("fr")];

    public static void AddVisitor(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<Visitor>().AddScoped<PageFocus>().AddScoped<CircuitHandler, CircuitVisitor>();
        builder.Services.AddLocalization(options => options.ResourcesPath = "Texts");
        builder.Services.AddSingleton<Texts>().AddScoped<Format>();
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new("en");
            options.SupportedCultures = options.SupportedUICultures = Languages;
            // What somebody chose, else what the browser prefers.
            options.RequestCultureProviders =
                [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
        });
    }

    public static void UseVisitor(this WebApplication app)
    {
        app.UseRequestLocalization();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<Visitor>().Read(context.Request);
            return next(context);
        });
    }

    /// <summary>Reads the cookies of the connection when it comes up, and again when it had been lost.</summary>
    private sealed class CircuitVisitor(Visitor visitor, IHttpContextAccessor connection) : CircuitHandler
    {
        public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            if (connection.HttpContext is { } context)
            {
                visitor.Read(context.Request);
            }

            return Task.CompletedTask;
        }
    }
}
