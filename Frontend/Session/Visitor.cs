namespace Frontend;

/// <summary>
/// The person in front of the browser, as its cookies tell: those of the request for a page, and then those with which
/// the page's live connection began.
/// </summary>
public sealed class Visitor
{
    /// <summary>The gateway's session cookie, which makes a call of the API this person's.</summary>
    public const string SessionCookie = "campaigns.session";

    /// <summary>Written by site.js: the browser's zone, and a choice of the theme.</summary>
    public const string ZoneCookie = "campaigns.zone";

    public const string ThemeCookie = "campaigns.theme";

    /// <summary>What goes into the header of calls; null if nobody is signed in.</summary>
    public string? Session { get; private set; }

    /// <summary>
    /// The gateway's header with the address of the browser, sealed: calls bring it back, so that the activity log does
    /// not take them for ours.
    /// </summary>
    public const string AddressHeader = "X-Visitor";

    public string? Address { get; private set; }

    /// <summary>UTC until the browser has told its own.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>light, dark or system.</summary>
    public string Theme { get; private set; } = "system";

    public void Read(HttpRequest request)
    {
        var cookies = request.Cookies;
        Address = request.Headers[AddressHeader];
        Session = cookies[SessionCookie] is { Length: > 0 } session ? $"{SessionCookie}={session}" : null;
        Zone = cookies[ZoneCookie] is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : TimeZoneInfo.Utc;
        Theme = cookies[ThemeCookie] is "light" or "dark" ? cookies[ThemeCookie]! : "system";
    }
}
