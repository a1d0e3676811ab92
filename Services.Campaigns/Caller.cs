namespace Services.Campaigns;

/// <summary>Who asks, as the gateway has found out; null where nobody has signed in, such as in a test.</summary>
/// <param name="Name">Of the user, or <c>key:NAME</c>.</param>
/// <param name="Address">From where.</param>
internal sealed record Caller(string? Name, string? Address)
{
    private const string UserName = "X-User-Name";
    private const string UserAddress = "X-User-Address";

    /// <summary>The framework calls this for a parameter of this type.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(
            NameOf(context.Request),
            context.Request.Headers[UserAddress].FirstOrDefault() is { Length: > 0 } address ? address : null));

    public static string? NameOf(HttpRequest request) =>
        request.Headers[UserName].FirstOrDefault() is { Length: > 0 } name ? Uri.UnescapeDataString(name) : null;
}
