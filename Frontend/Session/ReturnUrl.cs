namespace Frontend;

/// <summary>Where the way leads after the sign-in: only to pages of ours.</summary>
public static class ReturnUrl
{
    private const string Home = "/";

    /// <summary>The sign-in page that leads back to <paramref name="path"/>.</summary>
    public static string SignInFor(string path) =>
        Local(path) is var local && local == Home ? "/sign-in" : $"/sign-in?returnUrl={Uri.EscapeDataString(local)}";

    /// <summary>
    /// <paramref name="url"/> if it is a path here, else the home page. Browsers take <c>//host</c> and <c>/\host</c>
    /// for another site, and skip control characters. https://url.spec.whatwg.org/#url-parsing
    /// </summary>
    public static string Local(string? url) =>
        url is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !url.Any(char.IsControl)
            && url.Split('?')[0] != "/sign-in"
            ? url
            : Home;
}
