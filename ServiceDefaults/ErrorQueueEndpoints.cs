using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults;

/// <summary>
/// <c>GET /errors</c>: this service's error queues. <c>POST /errors/{queue}/put-back</c>: it is tried again.
/// For operators, inside: no route of the gateway leads here.
/// </summary>
internal static class ErrorQueueEndpoints
{
    public static void MapErrorQueues(this WebApplication app)
    {
        if (app.Services.GetService<ErrorQueues>() is null)
        {
            return;
        }

        app.MapGet("/errors", async (ErrorQueues errors, CancellationToken cancellationToken) =>
            TypedResults.Ok(new { Queues = await errors.ListAsync(cancellationToken) })).ExcludeFromDescription();
        app.MapPost("/errors/{queue}/put-back", PutBackAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> PutBackAsync(
        string queue, HttpRequest request, ErrorQueues errors, CancellationToken cancellationToken)
    {
        // On a developer's machine any page can post to this port; browsers say that it was a page.
        if (request.Headers.Origin.Count > 0)
        {
            return TypedResults.Problem("Not from a page.", statusCode: StatusCodes.Status403Forbidden);
        }

        return await errors.PutBackAsync(queue, cancellationToken) is { } moved
            ? TypedResults.Ok(new { Queue = queue, PutBack = moved })
            : Problems.NotFound("error queue", queue);
    }
}
