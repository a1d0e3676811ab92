using Contracts;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Has Messaging test now whether webhooks reach us; the result appears in <see cref="GetSandbox"/>.</summary>
internal static class CheckWebhook
{
    public static async Task<Results<Accepted, ProblemHttpResult>> HandleAsync(
        IBus bus, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await bus.PublishDurablyAsync(new CheckWebhooks { RequestedAt = clock.GetUtcNow() }, cancellationToken);
        }
        catch (Exception exception) when (
            exception is TimeoutException or OperationCanceledException or MessageReturnedException
            && !cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Problem(
                new Remedy(
                    "The service's broker does not answer: try again in a moment.",
                    "Le courtier de messages du service ne répond pas : réessayez dans un instant.").Told(),
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return TypedResults.Accepted("/api/sandbox");
    }
}
