using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;
using ServiceDefaults;

namespace Gateway;

internal sealed record LoginRequest(string? UserName, string? Password);

internal sealed record SignedIn(string UserName, string Role);

internal static class Login
{
    /// <summary>The rate limit's name.</summary>
    public const string Limit = "login";

    public const int Longest = 200;

    public static async Task<Results<Ok<SignedIn>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        LoginRequest request, Users users, LoginFailures failures, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (Check(request) is { Count: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        var address = context.Connection.RemoteIpAddress;
        if (await failures.EnterAsync(request.UserName!, address, cancellationToken) is { } wait)
        {
            return TooMany(context, wait);
        }

        if (await users.VerifyAsync(request.UserName!, request.Password!, cancellationToken) is not { } user)
        {
            await users.NoteAsync(Deed.In(context, "user.signInFailed"), request.UserName!, cancellationToken);
            return TypedResults.Problem("The user name or the password is wrong.", statusCode: 401);
        }

        await failures.StrikeAsync(request.UserName!, address, cancellationToken);
        await users.NoteAsync(
            Deed.In(context, "user.signedIn") with { UserName = user.UserName }, user.UserName, cancellationToken);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new(Roles.Identity(
            CookieAuthenticationDefaults.AuthenticationScheme, user.UserName, user.Role,
            new Claim(Session.UserId, user.Id.ToString()), new Claim(Session.Stamp, user.Stamp.ToString()),
            new Claim(Session.SessionId, Guid.NewGuid().ToString()))));
        return TypedResults.Ok(new SignedIn(user.UserName, user.Role));
    }

    /// <summary>
    /// A ceiling on the sign-ins of one address, right or wrong: each costs the processor a tenth of a second, which is
    /// what the slow password hash is for.
    /// </summary>
    public static void AddLimit(RateLimiterOptions options)
    {
        options.AddPolicy(Limit, context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress, _ => new()
            {
                TokenLimit = 100,
                TokensPerPeriod = 5,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            }));
        options.OnRejected = async (rejected, _) => await TooMany(rejected.HttpContext,
            rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1))
            .ExecuteAsync(rejected.HttpContext);
    }

    private static ProblemHttpResult TooMany(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return TypedResults.Problem($"Too many attempts: try again in {seconds} s.", statusCode: 429);
    }

    private static Dictionary<string, string[]> Check(LoginRequest request)
    {
        var errors = new Dictionary<string, string[]>();
        Check("userName", request.UserName);
        Check("password", request.Password);
        return errors;

        void Check(string field, string? value)
        {
            if (string.IsNullOrEmpty(value) || value.Length > Longest)
            {
                errors[field] = [$"{field} is required, at most {Longest} characters."];
            }
        }
    }
}
