using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Gateway;

internal sealed record CreateUserRequest(string? UserName, string? Password, string? Role);

internal static partial class UserEndpoints
{
    private const int ShortestPassword = 8;

    public static async Task<Results<Created<UserEntry>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request, MadeId id, Users users, HttpContext context, CancellationToken cancellationToken)
    {
        if (id.MayExist && await users.FindAsync(id.Value, cancellationToken) is { } made)
        {
            return TypedResults.Created((string?)null, made);
        }

        var errors = new Dictionary<string, string[]>();
        if (!UserName().IsMatch(request.UserName ?? ""))
        {
            errors["userName"] = [new Remedy(
                "userName must have 1 to 64 letters a to z, digits or any of . _ @ -",
                "Le nom a 1 à 64 lettres de a à z, chiffres ou signes parmi . _ @ -").Told()];
        }

        if (request.Password is not { Length: >= ShortestPassword and <= Login.Longest })
        {
            errors["password"] = [new Remedy(
                $"password must have {ShortestPassword} to {Login.Longest} characters.",
                $"Le mot de passe a {ShortestPassword} à {Login.Longest} caractères.").Told()];
        }

        if (request.Role is null || !Roles.All.Contains(request.Role))
        {
            errors["role"] = [Roles.Remedy.Told()];
        }

        if (errors.Count > 0)
        {
            return Problems.Fields(errors);
        }

        var (userName, password, role) = (request.UserName!, request.Password!, request.Role!);
        var deed = Deed.In(context, "user.created");
        return await users.CreateAsync(id.Value, userName, password, role, deed, cancellationToken) is { } entry
            ? TypedResults.Created((string?)null, entry)
            : Problems.Conflict(new Remedy(
                $"There is a user {request.UserName} already: choose another name.",
                $"Le nom {request.UserName} est déjà pris : choisissez-en un autre."));
    }

    public static async Task<Results<Ok<Page<UserEntry>>, ValidationProblem>> ListAsync(
        Users users, CancellationToken cancellationToken, int limit = 50, Guid? cursor = null)
    {
        if (limit is < 1 or > Page<UserEntry>.Longest)
        {
            return Problems.Field("limit", Page<UserEntry>.LimitRemedy);
        }

        var (found, total) = await users.ListAsync(cursor ?? Guid.Empty, limit + 1, cancellationToken);
        return TypedResults.Ok(Page<UserEntry>.Of(found, total, limit, user => user.Id));
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, Users users, HttpContext context, CancellationToken cancellationToken) =>
        await users.DeleteAsync(id, Deed.In(context, "user.deleted"), cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem(
                $"There is no user with the id {id} that can be removed; {FirstAdministrator.UserName} always stays.",
                statusCode: StatusCodes.Status404NotFound);

    // Also what may stand in a header and in a log as it is.
    [GeneratedRegex(@"\A[A-Za-z0-9._@-]{1,64}\z")]
    private static partial Regex UserName();
}
