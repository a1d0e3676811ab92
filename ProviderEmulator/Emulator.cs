using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

internal static class Emulator
{
    public static void AddEmulator(this WebApplicationBuilder builder)
    {
        // A line per request would cost more than the request.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 256 * 1024);

        builder.Services.AddOptions<EmulatorOptions>()
            .BindConfiguration(EmulatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => ConfigureControlJson(json.SerializerOptions));

        builder.Services.AddSingleton<ArrivalLog>();
        builder.Services.AddSingleton<BackgroundWork>();
        builder.Services.AddSingleton<ContentStore>();
        builder.Services.AddSingleton<CreateMessage>();
        builder.Services.AddSingleton<Deliveries>();
        builder.Services.AddSingleton<IDialect>(NewDialect);
        builder.Services.AddSingleton<Inbox>();
        builder.Services.AddSingleton<MessageStore>();
        builder.Services.AddSingleton<PhoneBook>();
        builder.Services.AddSingleton<Scenario>();
        builder.Services.AddSingleton<SendCall>();
        builder.Services.AddSingleton<SenderRate>();
        builder.Services.AddSingleton<WebhookClient>();
    }

    public static void MapHealth(this WebApplication app)
    {
        app.UseStatusCodePages();
        app.MapGet("/alive", () => "Healthy");
        app.MapGet("/health", () => "Healthy");
    }

    /// <summary>What a client of the provider calls.</summary>
    public static void MapProvider(this WebApplication app)
    {
        switch (app.Configuration.GetValue<Provider>($"{EmulatorOptions.Section}:{nameof(Provider)}"))
        {
            case Provider.Gupshup:
                app.MapGupshupApi();
                break;
            case Provider.Meta:
                app.MapMetaApi();
                break;
            default:
                app.MapTwilioApi().MapMessages().MapContent();
                break;
        }
    }

    private static IDialect NewDialect(IServiceProvider services) =>
        services.GetRequiredService<IOptions<EmulatorOptions>>().Value.Provider switch
        {
            Provider.Gupshup => ActivatorUtilities.CreateInstance<GupshupDialect>(services),
            Provider.Meta => ActivatorUtilities.CreateInstance<MetaDialect>(services),
            _ => ActivatorUtilities.CreateInstance<TwilioDialect>(services),
        };

    /// <summary>A misspelt member of a scenario must not pass for a scenario without faults.</summary>
    private static void ConfigureControlJson(JsonSerializerOptions json)
    {
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }
}
