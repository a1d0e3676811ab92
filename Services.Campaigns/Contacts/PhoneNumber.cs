using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A telephone number in E.164 (<c>+33612345678</c>). What can't be one can't be constructed.</summary>
/// <remarks>
/// At most 15 digits, the country code first, which never begins with 0: https://www.itu.int/rec/T-REC-E.164
/// </remarks>
internal sealed record PhoneNumber
{
    private const int LongestInput = 64;
    private const string Prefix = "whatsapp:";

    private static readonly Remedy International = new(
        "Write the number in the international form: + and the country code first, for example +33 6 12 34 56 78.",
        "Écrivez le numéro au format international : + et l’indicatif du pays d’abord, par exemple +33 6 12 34 56 78.");

    private PhoneNumber(string value) => Value = value;

    /// <summary>With the plus sign.</summary>
    public string Value { get; }

    /// <summary>Without the plus sign, as wa.me links and some providers want it.</summary>
    public string Digits => Value[1..];

    /// <summary>
    /// Reads a number as people write it: spaces, dots, dashes, slashes and parentheses are dropped, <c>00</c> stands
    /// for <c>+</c>, a trunk <c>(0)</c> is left out. A national number is refused: guessing its country could write to
    /// somebody else. <paramref name="remedy"/> never repeats the number.
    /// </summary>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out PhoneNumber? number,
        [NotNullWhen(false)] out Remedy? remedy) => TryParse(text, null, out number, out remedy);

    /// <summary>The same, where a national number is one of <paramref name="country"/>, which somebody named.</summary>
    public static bool TryParse(
        string? text,
        Country? country,
        [NotNullWhen(true)] out PhoneNumber? number,
        [NotNullWhen(false)] out Remedy? remedy)
    {
        number = null;
        remedy = Read(text, out var international, out var digits)
            ?? (international ? Check(ref digits) : Complete(country, ref digits));
        if (remedy is not null)
        {
            return false;
        }

        number = new($"+{digits}");
        return true;
    }

    public override string ToString() => Value;

    private static Remedy? Read(string? text, out bool international, out string digits)
    {
        (international, digits) = (false, "");
        if (string.IsNullOrWhiteSpace(text) || text.Length > LongestInput)
        {
            return International;
        }

        var rest = text.AsSpan().Trim();
        if (rest.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[Prefix.Length..];
        }

        Span<char> read = stackalloc char[LongestInput];
        var length = 0;
        for (var index = 0; index < rest.Length; index++)
        {
            var letter = rest[index];
            if (letter == '+' && length == 0 && !international)
            {
                international = true;
            }
            else if (char.IsAsciiDigit(letter))
            {
                read[length++] = letter;
            }
            else if (IsCountryCode(read[..length], international) && rest[index..].StartsWith("(0)"))
            {
                index += 2;
            }
            else if (!IsSeparator(letter))
            {
                return Else(
                    "A phone number has digits only, with spaces, dots, dashes or parentheses between them.",
                    "Un numéro ne contient que des chiffres, séparés par des espaces, points, tirets ou parenthèses.");
            }
        }

        digits = new(read[..length]);
        if (!international && digits.StartsWith("00", StringComparison.Ordinal))
        {
            (international, digits) = (true, digits[2..]);
        }

        return null;
    }

    // Only there is (0) a trunk 0; further on it is a digit of the number.
    private static bool IsCountryCode(ReadOnlySpan<char> read, bool international) =>
        international ? read.Length is >= 1 and <= 3 : read.Length is >= 3 and <= 5 && read[0] == '0' && read[1] == '0';

    // Format: the invisible direction marks that come along when a number is copied from an address book.
    internal static bool IsSeparator(char letter) => letter is '.' or '/' or '(' or ')' or '\u2212'
        || char.IsWhiteSpace(letter)
        || char.GetUnicodeCategory(letter) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;

    private static Remedy Else(string english, string french) =>
        new($"{english} {International.English}", $"{french} {International.French}");

    private static Remedy NationalForm(string digits) =>
        digits.Length == 10 && digits[0] == '0' && digits[1] != '0'
            ? new(
                "The country code is missing. A French number has +33 in place of its first 0: +33 6 12 34 56 78.",
                "L’indicatif du pays manque. Un numéro français a +33 à la place du premier 0 : +33 6 12 34 56 78.")
            : Else("The country code is missing.", "L’indicatif du pays manque.");

    private static Remedy? Complete(Country? country, ref string digits)
    {
        if (country is null)
        {
            return NationalForm(digits);
        }

        if (country.Complete(digits) is not { } complete)
        {
            return Else(
                $"This is no number of {country.Name} (+{country.Code}): check it.",
                $"Ce n’est pas un numéro de {country.Name} (+{country.Code}) : vérifiez-le.");
        }

        digits = complete;
        return Check(ref digits);
    }

    private static Remedy? Check(ref string digits)
    {
        if (digits.Length == 0 || digits[0] == '0')
        {
            return Else("A country code begins with 1 to 9.", "Un indicatif de pays commence par un chiffre de 1 à 9.");
        }

        if (Country.Of(digits) is { } country)
        {
            var (code, least, most, trunkZero) = (country.Code, country.Least, country.Most, country.TrunkZero);
            if (trunkZero && digits.Length > code.Length && digits[code.Length] == '0')
            {
                digits = code + digits[(code.Length + 1)..];
            }

            var count = digits.Length - code.Length;
            if (!country.Takes(count) || (trunkZero && digits[code.Length] == '0'))
            {
                return least == most
                    ? new(
                        $"After +{code} come {most} digits{(trunkZero ? ", the first not 0" : "")}: check the number.",
                        $"Après +{code} viennent {most} chiffres{(trunkZero ? ", le premier différent de 0" : "")} : "
                            + "vérifiez le numéro.")
                    : new(
                        $"After +{code} come {least} to {most} digits{(trunkZero ? ", the first not 0" : "")}: "
                            + "check the number.",
                        $"Après +{code} viennent {least} à {most} chiffres"
                            + $"{(trunkZero ? ", le premier différent de 0" : "")} : vérifiez le numéro.");
            }
        }

        return digits.Length is >= 8 and <= 15
            ? null
            : new(
                "An international number has 8 to 15 digits with its country code: check the number.",
                "Un numéro international a 8 à 15 chiffres, indicatif compris : vérifiez le numéro.");
    }
}
