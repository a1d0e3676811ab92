namespace Frontend;

/// <summary>GET /api/auth/me.</summary>
public sealed record Account(string UserName, string Role)
{
    /// <summary>From the one that may most.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["admin", "operator", "viewer"];

    public bool IsAdmin => Role == "admin";

    /// <summary>May change contacts, templates and campaigns.</summary>
    public bool MayWork => Role is "admin" or "operator";
}

public sealed record User(Guid Id, string UserName, string Role, DateTimeOffset CreatedAt);

/// <param name="Key">Shown once.</param>
public sealed record NewApiKey(Guid Id, string Name, string Key, string Role, DateTimeOffset? ExpiresAt);

public sealed record ApiKey(
    Guid Id, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
