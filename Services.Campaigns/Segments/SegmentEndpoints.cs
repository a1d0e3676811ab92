namespace Services.Campaigns;

internal static class SegmentEndpoints
{
    public static void MapSegments(this IEndpointRouteBuilder app)
    {
        var segments = app.MapGroup("/api/segments").WithTags("Segments");
        segments.MapPost("", ChangeSegments.CreateAsync).WithSummary("Saves an audience under a name.");
        segments.MapGet("", GetSegments.ListAsync).WithSummary("The saved audiences.");
        segments.MapGet("/{id:guid}", GetSegments.OneAsync).WithSummary("One saved audience.");
        segments.MapPut("/{id:guid}", ChangeSegments.UpdateAsync)
            .WithSummary("Changes a saved audience; campaigns that were launched keep theirs.");
        segments.MapDelete("/{id:guid}", ChangeSegments.DeleteAsync).WithSummary("Deletes a saved audience.");
    }
}
