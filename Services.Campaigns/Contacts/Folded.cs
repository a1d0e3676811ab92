using System.Text;

namespace Services.Campaigns;

/// <summary>Names without case and accents, for the search: what <c>fold()</c> in 0002_contacts.sql makes of them.</summary>
internal static class Folded
{
    private const char FirstMark = '\u0300';

    // Nothing below the first mark can be a part of something else, so there each letter is folded by itself: a large
    // import has an accent in every other name, and asking ICU costs several times as much.
    private static readonly string[] Letters =
        [.. Enumerable.Range(0, FirstMark).Select(letter => Decomposed(((char)letter).ToString()))];

    public static string Of(string? firstName, string? lastName) => Of($"{firstName} {lastName}");

    /// <param name="text">Half a surrogate pair or U+FFFE is not in it.</param>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        if (text.AsSpan().ContainsAnyExceptInRange('\0', (char)(FirstMark - 1)))
        {
            return Decomposed(text);
        }

        var length = 0;
        foreach (var letter in text)
        {
            length += Letters[letter].Length;
        }

        return string.Create(length, text, static (folded, text) =>
        {
            foreach (var letter in text)
            {
                Letters[letter].CopyTo(folded);
                folded = folded[Letters[letter].Length..];
            }
        });
    }

    private static string Decomposed(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormKD))
        {
            if (letter is < FirstMark or > '\u036F')
            {
                letters.Append(letter);
            }
        }

        return letters.ToString().ToLowerInvariant();
    }
}
