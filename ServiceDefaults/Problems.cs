using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;

namespace ServiceDefaults;

/// <summary>Errors as RFC 9457 problem details that name the field and the remedy.</summary>
public static partial class Problems
{
    /// <summary>400 for one field. <paramref name="remedy"/> says what is wrong and what to write instead.</summary>
    public static ValidationProblem Field(string field, string remedy) =>
        Fields(new Dictionary<string, string[]> { [field] = [remedy] });

    /// <inheritdoc cref="Field(string, string)"/>
    public static ValidationProblem Field(string field, Remedy remedy) => Field(field, remedy.Told());

    /// <summary>400 for several fields.</summary>
    public static ValidationProblem Fields(IDictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, string.Join(' ', errors.SelectMany(error => error.Value)));

    /// <summary>409: the state does not allow it, and why.</summary>
    public static ProblemHttpResult Conflict(Remedy reason) =>
        TypedResults.Problem(reason.Told(), statusCode: StatusCodes.Status409Conflict);

    /// <summary>404 for an id that names nothing.</summary>
    public static ProblemHttpResult NotFound(string what, object id) => TypedResults.Problem(
        new Remedy($"There is no {what} with the id {id}.", "Cet élément n’existe pas ou plus.").Told(),
        statusCode: StatusCodes.Status404NotFound);

    /// <summary>413: how much there may be.</summary>
    public static Remedy TooLarge(long? most) => most is { } bytes
        ? new(
            $"At most {Size(bytes, "KB", "MB")} can be sent here at once: send it in parts.",
            $"Au plus {Size(bytes, "Ko", "Mo")} peuvent être envoyés ici à la fois : procédez en plusieurs envois.")
        : new("The body is too large: send it in parts.", "L’envoi est trop volumineux : procédez en plusieurs envois.");

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
        {
            problem.ProblemDetails.Detail ??= RemedyOf(problem.ProblemDetails.Status, problem.HttpContext)?.Told();
            problem.ProblemDetails.Extensions["traceId"] =
                Activity.Current?.TraceId.ToString() ?? problem.HttpContext.TraceIdentifier;
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<BadRequestHandler>().AddExceptionHandler<StoreAwayHandler>();
    }

    // For answers that come from the framework, without words.
    private static Remedy? RemedyOf(int? status, HttpContext context) => status switch
    {
        StatusCodes.Status401Unauthorized => new(
            "Sign in first, or send an API key as Authorization: Bearer.",
            "Connectez-vous d’abord, ou envoyez une clé d’API : Authorization: Bearer."),
        StatusCodes.Status403Forbidden => new(
            "Your role does not allow this: ask an administrator.",
            "Votre rôle ne le permet pas : adressez-vous à un administrateur."),
        StatusCodes.Status404NotFound => new(
            "There is nothing at this address: check the path and the id.",
            "Il n’y a rien à cette adresse : vérifiez-la."),
        StatusCodes.Status405MethodNotAllowed => new(
            "This address does not take this method: see /docs.",
            "Cette adresse n’accepte pas cette méthode : voyez /docs."),
        StatusCodes.Status413PayloadTooLarge => TooLarge(LargestBody(context)),
        StatusCodes.Status415UnsupportedMediaType => new(
            "Send the body as application/json.", "Envoyez le contenu au format application/json."),
        _ => null,
    };

    private static long? LargestBody(HttpContext context) =>
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    // As people say it; the limits are round numbers.
    private static string Size(long bytes, string kilo, string mega) =>
        bytes < 1 << 20 ? $"{bytes >> 10} {kilo}" : $"{bytes >> 20} {mega}";

    /// <summary>503 while a store is away, and not 500: it passes.</summary>
    private sealed class StoreAwayHandler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            var broker = exception is BrokerUnreachableException;
            if (!broker && !Database.IsTransient(exception))
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "5";
            await TypedResults.Problem(
                new Remedy(
                    $"The service's {(broker ? "broker" : "database")} does not answer: try again in a moment.",
                    $"{(broker ? "Le courtier de messages" : "La base de données")} du service ne répond pas : "
                    + "réessayez dans un instant.").Told(),
                statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
            return true;
        }
    }

    /// <summary>A body that cannot be read or bound: says where and why, instead of an empty 400.</summary>
    private sealed partial class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(
            HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not BadHttpRequestException bad)
            {
                return ValueTask.FromResult(false);
            }

            context.Response.StatusCode = bad.StatusCode;
            var (field, remedy) = bad.InnerException is JsonException json
                ? (FieldOf(json), Remedy(json))
                : Complaint(bad, context);
            var details = new HttpValidationProblemDetails(new Dictionary<string, string[]> { [field] = [remedy] })
            {
                Status = bad.StatusCode,
                Detail = remedy,
            };
            return problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = details });
        }

        // ASP.NET Core tells it in a sentence of its own, which names the type and the parameter.
        private static (string Field, string Remedy) Complaint(BadHttpRequestException bad, HttpContext context)
        {
            if (ParameterComplaint().Match(bad.Message) is { Success: true } match)
            {
                var (field, value) = (match.Groups["name"].Value, match.Groups["value"].Value);
                return (field, $"{field} cannot be read from “{(value.Length > 50 ? value[..50] + "…" : value)}”.");
            }

            return ("body", bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(LargestBody(context)).Told(),
                StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
                _ when bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) =>
                    "The body is missing or cut off: send it as JSON.",
                _ => bad.Message,
            });
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

        [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
        private static partial Regex ParameterComplaint();
    }
}
