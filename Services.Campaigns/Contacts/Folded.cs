using System.Text;

namespace Services.Campaigns;

/// <summary>Names without case and accents, for the search: what <c>fold()</c> in 0002_contacts.sql makes of them.</summary>
internal static class Folded
{
    public static string Of(string? firstName, string? lastName) => Of($"{firstName} {lastName}");

    /// <param name="text">Half a surrogate pair or U+FFFE is not in it.</param>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var letters = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormKD))
        {
            if (letter is < '\u0300' or > '\u036F')
            {
                letters.Append(letter);
            }
        }

        return letters.ToString().ToLowerInvariant();
    }
}
