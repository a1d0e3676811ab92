using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults;

/// <summary>Errors as RFC 9457 problem details that name the field and the remedy.</summary>
public static class Problems
{
    /// <summary>400 for one field. <paramref name="remedy"/> says what is wrong and what to write instead.</summary>
    public static ValidationProblem Field(string field, string remedy) =>
        Fields(new Dictionary<string, string[]> { [field] = [remedy] });

    /// <summary>400 for several fields.</summary>
    public static ValidationProblem Fields(IDictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, string.Join(' ', errors.SelectMany(error => error.Value)));

    /// <summary>409: the state does not allow it, and why.</summary>
    public static ProblemHttpResult Conflict(string reason) =>
        TypedResults.Problem(reason, statusCode: StatusCodes.Status409Conflict);

    /// <summary>404 for an id that names nothing.</summary>
    public static ProblemHttpResult NotFound(string what, object id) =>
        TypedResults.Problem($"There is no {what} with the id {id}.", statusCode: StatusCodes.Status404NotFound);

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            problem.ProblemDetails.Extensions["traceId"] =
                Activity.Current?.TraceId.ToString() ?? problem.HttpContext.TraceIdentifier);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<BadRequestHandler>();
    }

    /// <summary>A body that cannot be read or bound: says where and why, instead of an empty 400.</summary>
    private sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(
            HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not BadHttpRequestException bad)
            {
                return ValueTask.FromResult(false);
            }

            context.Response.StatusCode = bad.StatusCode;
            var details = bad.InnerException is JsonException json
                ? new HttpValidationProblemDetails(new Dictionary<string, string[]>
                {
                    [FieldOf(json)] = [Remedy(json)],
                })
                : new Microsoft.AspNetCore.Mvc.ProblemDetails();
            details.Status = bad.StatusCode;
            details.Detail = bad.InnerException is JsonException inner ? Remedy(inner) : bad.Message;
            return problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = details });
        }

        private static string FieldOf(JsonException json) =>
            json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "body";

        // The serializer speaks to programmers, of .NET types; its kinds of complaint are told in the API's own words.
        private static string Remedy(JsonException json)
        {
            var field = FieldOf(json);
            var message = json.Message;
            if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            {
                return $"There is no field {field} here: check its spelling or leave it out.";
            }

            if (message.Contains("could not be converted to ", StringComparison.Ordinal))
            {
                return $"{field} has a value of the wrong type or out of its range.";
            }

            if (message.Contains("doesn't allow setting null", StringComparison.Ordinal)
                || message.Contains("constructor parameter", StringComparison.Ordinal))
            {
                return $"{field} must not be null.";
            }

            var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
            return $"The body cannot be read as JSON: {(end < 0 ? message : message[..end])}";
        }
    }
}
