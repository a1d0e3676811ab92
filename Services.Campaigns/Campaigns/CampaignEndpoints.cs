namespace Services.Campaigns;

internal static class CampaignEndpoints
{
    public static void MapCampaigns(this IEndpointRouteBuilder app)
    {
        var campaigns = app.MapGroup("/api/campaigns").WithTags("Campaigns");
        campaigns.MapPost("", CreateCampaign.HandleAsync);
        campaigns.MapGet("", GetCampaigns.ListAsync);
        campaigns.MapGet("/counts", GetCampaigns.CountAsync);
        campaigns.MapPost("/audience", CountAudience.HandleAsync);
        campaigns.MapGet("/{id:guid}", GetCampaigns.OneAsync);
        campaigns.MapPut("/{id:guid}", UpdateCampaign.HandleAsync);
        campaigns.MapDelete("/{id:guid}", DeleteCampaign.HandleAsync);
        campaigns.MapGet("/{id:guid}/preview", PreviewCampaign.HandleAsync);
        campaigns.MapGet("/{id:guid}/missing-values", MissingValues.HandleAsync);
        campaigns.MapPost("/{id:guid}/test-send", TestSend.HandleAsync);
        campaigns.MapPost("/{id:guid}/launch", LaunchCampaign.HandleAsync);
        campaigns.MapPost("/{id:guid}/pause", SteerCampaign.PauseAsync);
        campaigns.MapPost("/{id:guid}/resume", SteerCampaign.ResumeAsync);
        campaigns.MapPost("/{id:guid}/cancel", SteerCampaign.CancelAsync);
        campaigns.MapPost("/{id:guid}/retry-failed", RetryMessages.FailedAsync);
        campaigns.MapPost("/{id:guid}/duplicate", DuplicateCampaign.HandleAsync);
        campaigns.MapGet("/{id:guid}/failures", GetFailures.OfCampaignAsync);
        campaigns.MapGet("/{id:guid}/messages", ListMessages.HandleAsync);
        campaigns.MapGet("/{id:guid}/export", ExportCampaign.HandleAsync);
        campaigns.MapGet("/{id:guid}/stats", GetStats.HandleAsync);
        campaigns.MapGet("/{id:guid}/events", StreamStats.HandleAsync);
    }
}
