using System.Globalization;

namespace ServiceDefaults;

/// <summary>What is wrong and what to do about it, in the languages of the pages.</summary>
public sealed record Remedy(string English, string French)
{
    /// <param name="language">fr, else English.</param>
    public string In(string language) => language == "fr" ? French : English;

    /// <summary>In the language of the request that is being answered.</summary>
    public string Told() => In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
}
