namespace Services.Campaigns;

internal static class SegmentEndpoints
{
    public static void MapSegments(this IEndpointRouteBuilder app)
    {
        var segments = app.MapGroup("/api/segments").WithTags("Segments");
        segments.MapPost("", ChangeSegments.CreateAsync);
        segments.MapGet("", GetSegments.ListAsync);
        segments.MapGet("/{id:guid}", GetSegments.OneAsync);
        segments.MapPut("/{id:guid}", ChangeSegments.UpdateAsync);
        segments.MapDelete("/{id:guid}", ChangeSegments.DeleteAsync);
    }
}
