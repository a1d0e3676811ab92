using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Messaging;

/// <summary>
/// The provider's templates, for Services.Campaigns, service to service: the gateway has no route to this service.
/// </summary>
internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app) => app.MapGet("/internal/templates", HandleAsync);

    private static async Task<Results<Ok<List<ProviderTemplate>>, ProblemHttpResult>> HandleAsync(
        IServiceProvider services, IMessageProvider provider, CancellationToken cancellationToken)
    {
        if (services.GetService<ITemplateList>() is not { } templates)
        {
            return Silent($"{provider.Name} cannot be asked for its templates: enter them by hand.");
        }

        try
        {
            return TypedResults.Ok(await templates.ListAsync(cancellationToken).ToListAsync(cancellationToken));
        }
        catch (ProviderSilentException exception)
        {
            return Silent(exception.Message);
        }
    }

    private static ProblemHttpResult Silent(string reason) =>
        TypedResults.Problem(reason, statusCode: StatusCodes.Status502BadGateway);
}
