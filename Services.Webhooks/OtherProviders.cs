namespace Services.Webhooks;

/// <summary>
/// The routes of Gupshup and Meta. They are open whichever provider sends today: what another one was given is reported
/// by it, also after a change.
/// </summary>
internal static class OtherProviders
{
    public static WebApplicationBuilder AddGupshupAndMeta(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<GupshupOptions>(builder.Configuration.GetSection("Gupshup"));
        builder.Services.Configure<MetaOptions>(builder.Configuration.GetSection("Meta"));
        builder.Services.AddSingleton<GupshupWebhook>().AddSingleton<MetaWebhook>();
        return builder;
    }

    public static void MapGupshupAndMeta(this WebApplication app)
    {
        app.MapPost("/api/webhooks/gupshup", app.Services.GetRequiredService<GupshupWebhook>().HandleAsync);
        var meta = app.Services.GetRequiredService<MetaWebhook>();
        app.MapGet("/api/webhooks/meta", meta.SubscribeAsync);
        app.MapPost("/api/webhooks/meta", meta.HandleAsync);
    }
}
