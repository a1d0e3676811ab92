using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// What is not the provider's: the phones, the scenario, the log, the page. It has no password, so it answers this
/// machine only, under a name of this machine (a foreign page's domain may point here), and takes changes only in a
/// form that a foreign page cannot send without asking.
/// </summary>
internal static class ControlApi
{
    public static RouteGroupBuilder MapControlApi(this WebApplication app) =>
        app.MapGroup("").AddEndpointFilter(GuardAsync);

    public static RouteGroupBuilder MapScenario(this RouteGroupBuilder control)
    {
        control.MapGet("/scenario", View);
        control.MapPut("/scenario", (ScenarioPlan plan, Scenario scenario) =>
        {
            if (Fault([.. plan.Next ?? [], .. plan.Always ?? []]) is { } problem)
            {
                return problem;
            }

            scenario.Play(plan);
            return View(scenario);
        });
        control.MapGet("/sandbox", (Scenario scenario, IOptions<EmulatorOptions> options) => new
        {
            number = options.Value.SandboxNumber,
            joinCode = options.Value.JoinCode,
            sandbox = scenario.IsSandbox,
            provider = options.Value.Provider,
        });
        return control;

        static IResult View(Scenario scenario) => TypedResults.Ok(new ScenarioPlan
        {
            Sandbox = scenario.IsSandbox,
            Next = scenario.Faults.Next,
            Always = scenario.Faults.Always,
            Strangers = scenario.Strangers,
        });
    }

    /// <summary>All arrivals after the given number, in their order.</summary>
    public static RouteGroupBuilder MapLog(this RouteGroupBuilder control)
    {
        control.MapGet("/log", (ArrivalLog log, long after = 0) => log.After(after));
        return control;
    }

    public static IResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    /// <summary>The first mistake in a list of faults, if there is one.</summary>
    public static IResult? Fault(IReadOnlyList<Fault> faults)
    {
        var mistakes = new List<ValidationResult>();
        foreach (var fault in faults)
        {
            var context = new ValidationContext(fault);
            if (!Validator.TryValidateObject(fault, context, mistakes, validateAllProperties: true))
            {
                return Problem(StatusCodes.Status400BadRequest, mistakes[0].ErrorMessage ?? "A fault is invalid.");
            }
        }

        return null;
    }

    private static ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!IsLocal(context.HttpContext.Connection.RemoteIpAddress) || !IsLocalName(request.Host.Host))
        {
            return Refuse(
                StatusCodes.Status403Forbidden, "The phones answer this machine only: open them as localhost.");
        }

        return HttpMethods.IsGet(request.Method) || request.HasJsonContentType()
            ? next(context)
            : Refuse(StatusCodes.Status415UnsupportedMediaType, "Send changes with the content type application/json.");

        static ValueTask<object?> Refuse(int status, string detail) =>
            ValueTask.FromResult<object?>(Problem(status, detail));
    }

    private static bool IsLocal(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
