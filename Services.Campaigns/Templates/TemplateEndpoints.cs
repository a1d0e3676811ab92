namespace Services.Campaigns;

internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var templates = app.MapGroup("/api/templates").WithTags("Templates");
        templates.MapPost("", CreateTemplate.HandleAsync).WithSummary("Adds a template.");
        templates.MapPost("/sync", SyncTemplates.HandleAsync).WithSummary("Takes over the provider's own templates.");
        templates.MapGet("", ListTemplates.HandleAsync).WithSummary("The templates.");
        templates.MapGet("/{id:guid}", GetTemplate.HandleAsync).WithSummary("One template.");
        templates.MapPut("/{id:guid}", UpdateTemplate.HandleAsync)
            .WithSummary("Changes a template; campaigns that were launched keep theirs.");
        templates.MapDelete("/{id:guid}", DeleteTemplate.HandleAsync)
            .WithSummary("Deletes a template; campaigns that were launched keep theirs.");
    }
}
