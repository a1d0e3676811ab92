namespace Services.Campaigns;

/// <summary>Who asks, as the gateway has found out; null where nobody has signed in, such as in a test.</summary>
internal sealed record Caller(string? Name)
{
    private const string UserName = "X-User-Name";

    /// <summary>The framework calls this for a parameter of this type.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(NameOf(context.Request)));

    public static string? NameOf(HttpRequest request) =>
        request.Headers[UserName].FirstOrDefault() is { Length: > 0 } name ? Uri.UnescapeDataString(name) : null;
}
