using MassTransit;

namespace Services.Campaigns;

internal static class MessageEndpoints
{
    /// <summary>What takes in reports and replies.</summary>
    public static WebApplicationBuilder AddMessageBook(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Inbox>().AddRunning<MessageBook>().AddRunning<WebhookActivity>();
        return builder;
    }

    /// <summary>What moves campaigns on and publishes orders; stops before the bus.</summary>
    public static WebApplicationBuilder AddMessageDispatcher(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddRunning<AudienceFreeze>().AddSingleton<MissingValues>()
            .AddSingleton<CampaignProgress>().AddSingleton<Feed>()
            .AddScoped<Steering>().AddScoped<StatsReader>().AddSingleton<AudiencePreview>()
            .AddRunning<MessageDispatcher>();
        return builder;
    }

    /// <summary>
    /// A consumer that waits for a group commit: many deliveries at once make large groups.
    /// </summary>
    public static void AddEventConsumer<TConsumer>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer =>
        bus.AddConsumer<TConsumer>().Endpoint(endpoint =>
        {
            endpoint.PrefetchCount = 300;
            endpoint.ConcurrentMessageLimit = 300;
        });

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var messages = app.MapGroup("/api/messages").WithTags("Messages");
        messages.MapGet("/{id:guid}", GetMessage.HandleAsync).WithSummary("One message with its timeline.");
        messages.MapPost("/{id:guid}/retry", RetryMessages.OneAsync).WithSummary("Sends a failed message again.");
        app.MapGet("/api/stats/overview", GetOverview.HandleAsync)
            .WithSummary("Totals and a series by day, over all campaigns.").WithTags("Statistics");
        app.MapGet("/api/stats/failures", GetFailures.OfAllAsync)
            .WithSummary("Failures by cause, over all campaigns.").WithTags("Statistics");
    }

    private static IServiceCollection AddRunning<T>(this IServiceCollection services)
        where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
