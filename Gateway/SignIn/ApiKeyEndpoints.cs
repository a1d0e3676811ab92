using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Gateway;

internal sealed record CreateApiKeyRequest(string? Name, string? Role, DateTimeOffset? ExpiresAt);

/// <summary>The only answer that ever holds the key itself.</summary>
internal sealed record ApiKeyCreated(
    Guid Id, string Name, string Key, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

internal static class ApiKeyEndpoints
{
    /// <summary>The key itself is kept nowhere, so that a repeat of the request cannot be answered with it.</summary>
    public static readonly AnswerShownOnce ShownOnce = new(new(
        "This key has been made already, and was shown once: if nobody has noted it, remove it and make another one, "
        + "with a new Idempotency-Key.",
        "Cette clé existe déjà et n’a été montrée qu’une fois : si personne ne l’a notée, supprimez-la et créez-en une "
        + "autre, avec une nouvelle Idempotency-Key."));

    private const int LongestName = 100;

    public static async Task<Results<Created<ApiKeyCreated>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        CreateApiKeyRequest request, MadeId id, ApiKeys keys, TimeProvider clock, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (id.MayExist && await keys.HasAsync(id.Value, cancellationToken))
        {
            return Problems.Conflict(ShownOnce.Remedy);
        }

        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > LongestName)
        {
            errors["name"] = [new Remedy(
                $"name is required, at most {LongestName} characters: it says what the key is for.",
                $"Indiquez à quoi sert la clé, en {LongestName} caractères au plus.").Told()];
        }

        if (request.Role is null || !Roles.All.Contains(request.Role))
        {
            errors["role"] = [Roles.Remedy.Told()];
        }

        if (request.ExpiresAt <= clock.GetUtcNow())
        {
            errors["expiresAt"] = [new Remedy(
                "expiresAt must be in the future; without it the key does not expire.",
                "La date d’expiration est à venir ; sans date, la clé n’expire pas.").Told()];
        }

        if (errors.Count > 0)
        {
            return Problems.Fields(errors);
        }

        var (entry, key) =
            await keys.CreateAsync(
                id.Value, request.Name!, request.Role!, request.ExpiresAt, Deed.In(context, "key.created"),
                cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new ApiKeyCreated(
            entry.Id, entry.Name, key, entry.Role, entry.CreatedAt, entry.ExpiresAt));
    }

    public static async Task<Results<Ok<Page<ApiKey>>, ValidationProblem>> ListAsync(
        ApiKeys keys, CancellationToken cancellationToken, int limit = 50, Guid? cursor = null)
    {
        if (limit is < 1 or > Page<ApiKey>.Longest)
        {
            return Problems.Field("limit", Page<ApiKey>.LimitRemedy);
        }

        var (found, total) = await keys.ListAsync(cursor ?? Guid.Empty, limit + 1, cancellationToken);
        return TypedResults.Ok(Page<ApiKey>.Of(found, total, limit, key => key.Id));
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, ApiKeys keys, HttpContext context, CancellationToken cancellationToken) =>
        await keys.DeleteAsync(id, Deed.In(context, "key.deleted"), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("API key", id);
}
