namespace Services.Messaging;

/// <summary>An address in the settings, to which paths are appended.</summary>
internal static class BaseUrl
{
    public static bool IsValid(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    /// <summary>The usual one if none is given.</summary>
    public static bool IsValidOrEmpty(string? text) => string.IsNullOrWhiteSpace(text) || IsValid(text);

    /// <summary>With a slash at the end, so that relative paths are appended.</summary>
    public static Uri Of(string? given, string usual) =>
        new((string.IsNullOrWhiteSpace(given) ? usual : given).TrimEnd('/') + '/');

    /// <summary>What can stand in a header: a key or token, nothing else.</summary>
    public static bool IsKey(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and <= '~');
}
