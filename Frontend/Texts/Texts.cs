using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace Frontend;

/// <summary>
/// The words that people see, in their language: <c>T["Campaigns.Title"]</c> is the entry Title of
/// Texts/Campaigns.resx (English) and Texts/Campaigns.fr.resx.
/// </summary>
public sealed partial class Texts(IStringLocalizerFactory factory)
{
    /// <summary>The text, with <c>{0}</c> and so on filled.</summary>
    public string this[string key, params object[] values]
    {
        get
        {
            var dot = key.IndexOf('.', StringComparison.Ordinal);
            var area = factory.Create(key[..dot], typeof(Texts).Assembly.GetName().Name!);
            var text = area[key[(dot + 1)..]].Value;
            return string.Format(CultureInfo.CurrentCulture, IsFrench ? Loose().Replace(text, "\u00a0") : text, values);
        }
    }

    /// <summary>
    /// The text for <paramref name="count"/> things: <c>KEY.one</c> or <c>KEY.other</c>, whose <c>{0}</c> is the count;
    /// <paramref name="more"/> comes behind it.
    /// French says none in the singular. https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
    /// </summary>
    public string Count(string key, long count, params object[] more)
    {
        var few = IsFrench ? count is 0 or 1 : count == 1;
        return this[few ? $"{key}.one" : $"{key}.other", [count.ToString("N0", CultureInfo.CurrentCulture), .. more]];
    }

    /// <summary>The word for a value of one of the API's enumerations: <c>Words.TYPE.VALUE</c>.</summary>
    public string Of<T>(T value)
        where T : struct, Enum => this[$"Words.{typeof(T).Name}.{value}"];

    private static bool IsFrench => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr";

    // No line begins with these signs, or ends behind «; the files are written with spaces that everybody can see.
    [GeneratedRegex("(?<=«) | (?=[:;!?»])")]
    private static partial Regex Loose();
}
