using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class ImportContacts
{
    public const long LargestFile = 200L << 20;

    /// <summary>The endpoint's own limit, above that of other bodies.</summary>
    public static readonly RequestSizeLimitAttribute Limit = new(LargestFile);

    public static async Task<Results<Accepted<ImportAccepted>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        HttpRequest request, [AsParameters] ImportQuery query, MadeId id, Caller caller, ImportIntake intake,
        IOptions<SandboxOptions> sandbox, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        return ImportWishes.Read(query, sandbox.Value, form) is { } wishes
            ? await intake.TakeAsync(request, id, wishes, form, caller, cancellationToken)
            : form.Problem;
    }
}

/// <summary>Takes the rejected rows of an import again, corrected, to be read as the first file was.</summary>
internal static class ImportRejects
{
    /// <param name="name">Of the file, to be shown in the history.</param>
    public static async Task<Results<Accepted<ImportAccepted>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, string? name, MadeId newId, HttpRequest request, Caller caller, ImportIntake intake,
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (await ImportStore.PlanAsync(database, id, cancellationToken) is not { } plan)
        {
            return Problems.NotFound("import", id);
        }

        var form = new FormReader();
        var wishes = ImportWishes.Of(plan, ImportWishes.ReadName(name, form));
        return form.IsValid
            ? await intake.TakeAsync(request, newId, wishes, form, caller, cancellationToken)
            : form.Problem;
    }
}
