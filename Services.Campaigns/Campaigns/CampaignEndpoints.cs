namespace Services.Campaigns;

internal static class CampaignEndpoints
{
    public static void MapCampaigns(this IEndpointRouteBuilder app)
    {
        var campaigns = app.MapGroup("/api/campaigns").WithTags("Campaigns");
        campaigns.MapPost("", CreateCampaign.HandleAsync).WithSummary("Makes a draft.");
        campaigns.MapGet("", GetCampaigns.ListAsync)
            .WithSummary("Campaigns with their statistics, by status and name.");
        campaigns.MapGet("/counts", GetCampaigns.CountAsync)
            .WithSummary("How many campaigns there are of each status.");
        campaigns.MapPost("/audience", CountAudience.HandleAsync)
            .WithSummary("How many people an audience has, and whom it would skip.");
        campaigns.MapGet("/{id:guid}", GetCampaigns.OneAsync).WithSummary("One campaign.");
        campaigns.MapPut("/{id:guid}", UpdateCampaign.HandleAsync).WithSummary("Changes a draft.");
        campaigns.MapDelete("/{id:guid}", DeleteCampaign.HandleAsync).WithSummary("Deletes a draft.");
        campaigns.MapGet("/{id:guid}/preview", PreviewCampaign.HandleAsync)
            .WithSummary("Who would get what, how long it takes, when it ends. Nothing is sent.");
        campaigns.MapGet("/{id:guid}/missing-values", MissingValues.HandleAsync)
            .WithSummary("Who of its audience lacks a value for a variable.");
        campaigns.MapPost("/{id:guid}/test-send", TestSend.HandleAsync)
            .WithSummary("Sends Message 1 to one number, outside the statistics.");
        campaigns.MapPost("/{id:guid}/launch", LaunchCampaign.HandleAsync)
            .WithSummary("Freezes texts and audience, and sends now or at its time.");
        campaigns.MapPost("/{id:guid}/pause", SteerCampaign.PauseAsync)
            .WithSummary("Stops sending until it is resumed.");
        campaigns.MapPost("/{id:guid}/resume", SteerCampaign.ResumeAsync).WithSummary("Goes on where it was.");
        campaigns.MapPost("/{id:guid}/cancel", SteerCampaign.CancelAsync)
            .WithSummary("Ends it: what has not left never leaves.");
        campaigns.MapPost("/{id:guid}/retry-failed", RetryMessages.FailedAsync)
            .WithSummary("Sends again what has failed, all of it or one cause.");
        campaigns.MapPost("/{id:guid}/duplicate", DuplicateCampaign.HandleAsync)
            .WithSummary("Makes a draft of the same content.");
        campaigns.MapGet("/{id:guid}/failures", GetFailures.OfCampaignAsync)
            .WithSummary("Its failures by cause, explained.");
        campaigns.MapGet("/{id:guid}/messages", ListMessages.HandleAsync)
            .WithSummary("Its messages, by status, kind, cause and search.");
        campaigns.MapGet("/{id:guid}/export", ExportCampaign.HandleAsync)
            .WithSummary("Its messages as CSV, streamed, safe in spreadsheets.");
        campaigns.MapGet("/{id:guid}/stats", GetStats.HandleAsync).WithSummary("Its exact statistics.");
        campaigns.MapGet("/{id:guid}/events", StreamStats.HandleAsync)
            .WithSummary("Its statistics as server-sent events, while they change.");
    }
}
