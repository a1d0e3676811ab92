using Microsoft.Extensions.Options;

namespace Services.Campaigns;

internal static class SandboxEndpoints
{
    /// <summary>Registers the settings of the sender, checked before the first request.</summary>
    public static WebApplicationBuilder AddSandbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(PublicAddress.Read(builder.Configuration));
        builder.Services.AddSingleton<IPostConfigureOptions<SandboxOptions>, SandboxOptionsCheck>();
        builder.Services.AddSingleton<IValidateOptions<SandboxOptions>, SandboxOptionsCheck>();
        builder.Services.AddOptions<SandboxOptions>().BindConfiguration("Sandbox").ValidateOnStart();
        builder.Services.AddOptions<SendingOptions>().BindConfiguration("Sending")
            .ValidateDataAnnotations().ValidateOnStart();
        return builder;
    }

    public static void MapSandbox(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/sandbox", GetSandbox.HandleAsync)
            .WithSummary("The sender, its limits, how people join, and whether webhooks arrive.").WithTags("Sandbox");
}
