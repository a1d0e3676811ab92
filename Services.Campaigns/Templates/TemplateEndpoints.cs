namespace Services.Campaigns;

internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var templates = app.MapGroup("/api/templates").WithTags("Templates");
        templates.MapPost("", CreateTemplate.HandleAsync);
        templates.MapPost("/sync", SyncTemplates.HandleAsync);
        templates.MapGet("", ListTemplates.HandleAsync);
        templates.MapGet("/{id:guid}", GetTemplate.HandleAsync);
        templates.MapPut("/{id:guid}", UpdateTemplate.HandleAsync);
        templates.MapDelete("/{id:guid}", DeleteTemplate.HandleAsync);
    }
}
