using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ServiceDefaults;

/// <summary>
/// A write that comes with an <c>Idempotency-Key</c> is done once: who repeats it within a day gets the first answer
/// again. https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";

    /// <summary>Of an answer that was given before.</summary>
    public const string Replayed = "Idempotent-Replayed";

    private const int LongestKey = 255;

    private static readonly Remedy BadKey = new(
        $"{Header} has 1 to {LongestKey} characters and stands there once: a UUID, say, that is new for each request.",
        $"{Header} a 1 à {LongestKey} caractères et figure une seule fois : un UUID, nouveau à chaque demande.");

    private static readonly Remedy Busy = new(
        "The same request is still being worked on: repeat it in a moment.",
        "La même demande est encore en cours : répétez-la dans un instant.");

    private static readonly Remedy Other = new(
        $"This {Header} has been used for another request: take a new one.",
        $"Cette {Header} a déjà servi pour une autre demande : prenez-en une nouvelle.");

    /// <summary>Brings along <c>Idempotency.sql</c>, which the service embeds among its migrations.</summary>
    public static WebApplicationBuilder AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IdempotencyStore>().AddHostedService<IdempotencySweep>();
        return builder;
    }

    /// <param name="app">Behind what refuses requests, in front of what does them.</param>
    /// <param name="callerOf">Names who asks, as keys are theirs; null where no request is to be kept.</param>
    /// <param name="holdsPasswords">
    /// What is kept of a request is made slowly, so that nobody finds a password by trying.
    /// </param>
    public static void UseIdempotency(
        this IApplicationBuilder app, Func<HttpContext, string?> callerOf, bool holdsPasswords = false) =>
        app.Use(async (context, next) =>
        {
            var request = context.Request;
            if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
                || HttpMethods.IsOptions(request.Method) || context.GetEndpoint() is null
                || !request.Headers.TryGetValue(Header, out var keys) || callerOf(context) is not { } caller)
            {
                await next(context);
                return;
            }

            if (KeyIn(keys) is not { } key)
            {
                await Problems.Field(Header, BadKey).ExecuteAsync(context);
                return;
            }

            var seal = new IdempotencySeal($"{caller}\n{request.Method} {request.Path}\n{key}", holdsPasswords);
            using var digest = new RequestDigest(request, seal);
            var store = context.RequestServices.GetRequiredService<IdempotencyStore>();
            switch (await store.ClaimAsync(seal.Id, context.RequestAborted))
            {
                case IdempotencyClaim.Mine mine:
                    await DoAsync(context, next, store, mine, seal, digest);
                    break;
                case IdempotencyClaim.Answered(var answer):
                    var repeated = await digest.FinishAsync(context.RequestAborted);
                    await (repeated.SequenceEqual(answer.Request)
                        ? ReplayAsync(context, answer, seal)
                        : TypedResults.Problem(Other.Told(), statusCode: StatusCodes.Status422UnprocessableEntity)
                            .ExecuteAsync(context));
                    break;
                case IdempotencyClaim.Busy:
                    context.Response.Headers.RetryAfter = "1";
                    await Problems.Conflict(Busy).ExecuteAsync(context);
                    break;
                default:
                    throw new UnreachableException();
            }
        });

    private static string? KeyIn(StringValues keys) =>
        keys.Count == 1 && keys[0] is { Length: > 0 and <= LongestKey } key ? key : null;

    /// <summary>
    /// What is refused has had no effect, and what throws or ends with a fault of ours may have had one: both may be
    /// tried again, corrected or not, under the same id, so that what the first try has made all the same is found.
    /// </summary>
    private static async Task DoAsync(
        HttpContext context, RequestDelegate next, IdempotencyStore store, IdempotencyClaim.Mine claim,
        IdempotencySeal seal, RequestDigest digest)
    {
        context.Features.Set(new MadeId(claim.MadeId, claim.MayExist));
        var (response, sent) = (context.Response, context.Response.Body);
        using var written = new MemoryStream();
        response.Body = written;
        var isKept = false;
        try
        {
            await store.WhileRenewingAsync(claim, () => next(context));
            if (response.StatusCode < StatusCodes.Status400BadRequest)
            {
                isKept = await store.TryKeepAsync(claim, new(
                    await digest.FinishAsync(context.RequestAborted), (short)response.StatusCode, response.ContentType,
                    response.Headers.Location, IsSecret(context) ? null : seal.Close(written.ToArray())));
            }
        }
        finally
        {
            response.Body = sent;
            if (!isKept)
            {
                await store.GiveBackAsync(claim);
            }
        }

        if (written.Length > 0) // writing nothing would begin the answer, and keep others from adding their words
        {
            await response.Body.WriteAsync(written.ToArray(), context.RequestAborted);
        }
    }

    private static Task ReplayAsync(HttpContext context, IdempotencyAnswer answer, IdempotencySeal seal)
    {
        var response = context.Response;
        response.Headers[Replayed] = "true";
        if (answer.Body is not { } body)
        {
            return Problems.Conflict(ShownOnce(context)!.Remedy).ExecuteAsync(context);
        }

        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers.Location = answer.Location;
        var text = seal.Open(body);
        return text.Length > 0 ? response.Body.WriteAsync(text, context.RequestAborted).AsTask() : Task.CompletedTask;
    }

    private static bool IsSecret(HttpContext context) =>
        ShownOnce(context) is not null;

    private static AnswerShownOnce? ShownOnce(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AnswerShownOnce>();
}

/// <summary>Of an endpoint whose answer holds a secret and is kept nowhere: a repeat is told what to do.</summary>
public sealed record AnswerShownOnce(Remedy Remedy);

/// <summary>The id of what a request makes: the same each time the request is tried, so that it is made once.</summary>
/// <param name="MayExist">An earlier try may have made it: look first.</param>
public sealed record MadeId(Guid Value, bool MayExist)
{
    /// <summary>The framework calls this for a parameter of this type.</summary>
    public static ValueTask<MadeId> BindAsync(HttpContext context) => ValueTask.FromResult(
        context.Features.Get<MadeId>() ?? new(
            Guid.CreateVersion7(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()),
            MayExist: false));
}
