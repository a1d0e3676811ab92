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
            .ValidateDataAnnotations()
            .Validate(
                sending => sending.SendersCanBe,
                "Sending:Senders must each have a Number of their own in E.164, and either a RatePerSecond from 0.01 to "
                + "1000, a MinInterval from 00:00:00 to 01:00:00, or neither.")
            .ValidateOnStart();
        builder.Services.AddSingleton<Senders>();
        return builder;
    }

    public static void MapSandbox(this IEndpointRouteBuilder app)
    {
        var sandbox = app.MapGroup("/api/sandbox").WithTags("Sandbox");
        sandbox.MapGet("", GetSandbox.HandleAsync)
            .WithSummary("The sender, its limits, how people join, and whether webhooks arrive.");
        sandbox.MapPost("/check", CheckWebhook.HandleAsync)
            .WithSummary("Tests now whether webhooks arrive; checkedAt above tells when it has been done.");
        sandbox.MapGet("/members", ListMembers.HandleAsync)
            .WithSummary("Who has joined the Sandbox, those first whose membership ends first.");
    }
}
