namespace Services.Campaigns;

/// <summary>The language in which a caller wants to be told things.</summary>
internal static class CallerLanguage
{
    /// <summary>
    /// <c>fr</c> or <c>en</c>, as <c>?language=</c> says or <c>Accept-Language</c> prefers; English if they name
    /// neither.
    /// </summary>
    public static string Language(this HttpRequest request) =>
        request.Query["language"].FirstOrDefault() is { } asked and ("fr" or "en") ? asked : Preferred(request);

    private static string Preferred(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .Where(language => language.Quality != 0)
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(language => language is "fr" or "en") ?? "en";
}
