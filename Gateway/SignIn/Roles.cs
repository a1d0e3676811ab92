using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using ServiceDefaults;

namespace Gateway;

/// <summary>
/// What somebody may do: <c>viewer</c> reads, <c>operator</c> also changes contacts, templates and campaigns,
/// <c>admin</c> does everything. The names are also the names of the policies, which appsettings.json puts on routes.
/// </summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Operator = "operator";
    public const string Viewer = "viewer";

    public static readonly Remedy Remedy = new("role must be admin, operator or viewer.", "Choisissez un rôle.");

    /// <summary>In order of power: each may do what those after it may.</summary>
    public static readonly ImmutableArray<string> All = [Admin, Operator, Viewer];

    /// <summary>The roles that satisfy the policy of <paramref name="least"/>.</summary>
    public static IEnumerable<string> AtLeast(string least) => All.Take(All.IndexOf(least) + 1);

    public static void AddPolicies(AuthorizationBuilder authorization)
    {
        foreach (var role in All)
        {
            authorization.AddPolicy(role, policy => policy.RequireRole(AtLeast(role)));
        }
    }

    public static string NameOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Name)!;

    public static string RoleOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Role)!;

    public static ClaimsIdentity Identity(string scheme, string name, string role, params ReadOnlySpan<Claim> more) =>
        new([new(ClaimTypes.Name, name), new(ClaimTypes.Role, role), .. more], scheme);
}
