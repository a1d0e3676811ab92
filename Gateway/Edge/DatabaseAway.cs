using Microsoft.AspNetCore.Diagnostics;
using ServiceDefaults;

namespace Gateway;

/// <summary>While gatewaydb is away nobody can be recognised: 503 and not 500, for it passes.</summary>
internal sealed class DatabaseAway : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (!Database.IsTransient(exception))
        {
            return false;
        }

        await TypedResults.Problem(
            "The gateway's database does not answer: try again in a moment.",
            statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
        return true;
    }
}
