using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults;

/// <summary>The language in which a caller wants to be told things.</summary>
public static class CallerLanguage
{
    /// <summary>
    /// <c>fr</c> or <c>en</c>, as <c>?language=</c> says or <c>Accept-Language</c> prefers; English if they name
    /// neither.
    /// </summary>
    public static string Language(this HttpRequest request) =>
        request.Query["language"].FirstOrDefault() is { } asked and ("fr" or "en") ? asked : Preferred(request);

    /// <summary>From here on it is the culture of what is said, though not of how numbers are written.</summary>
    public static void UseCallerLanguage(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // Most requests are a provider's, which asks for none: they do not pay for a culture of their own.
        var language = context.Request.Language();
        if (IsFrench(language) != IsFrench(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName))
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        }

        await next(context);
    });

    private static bool IsFrench(string language) => language == "fr";

    private static string Preferred(HttpRequest request) => request.Headers.AcceptLanguage.Count == 0 ? "en"
        : request.GetTypedHeaders().AcceptLanguage
        .Where(language => language.Quality != 0)
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(language => language is "fr" or "en") ?? "en";
}
