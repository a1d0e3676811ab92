using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Contracts;

namespace Services.Campaigns;

/// <summary>
/// Whole messages by which a person asks not to be written to, or to be written to again. Case, accents, spaces and
/// punctuation do not count; a sentence that contains such a word is not one.
/// </summary>
/// <remarks>
/// The English words are Twilio's, https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out; a bare "yes" is
/// not among ours, because it may answer the campaign's own question.
/// </remarks>
internal static class OptOutWords
{
    private const int LongestMessage = 64;

    private static readonly FrozenSet<string> Stop = new[]
    {
        "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "STOPPUB",
        "ARRET", "ARRETER", "ARRETEZ", "DESINSCRIRE", "SEDESINSCRIRE", "MEDESINSCRIRE", "DESINSCRIPTION",
        "DESABONNER", "SEDESABONNER", "MEDESABONNER", "DESABONNEMENT",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Start = new[]
    {
        "START", "UNSTOP", "REPRENDRE", "REPRISE", "REINSCRIRE", "SEREINSCRIRE", "MEREINSCRIRE",
    }.ToFrozenSet();

    /// <summary>Null for every other message.</summary>
    public static OptOutType? Recognise(string? text)
    {
        if (text is null || text.Length > LongestMessage)
        {
            return null;
        }

        var word = Letters(text);
        return Stop.Contains(word) ? OptOutType.Stop : Start.Contains(word) ? OptOutType.Start : null;
    }

    // Runes rather than characters: half a surrogate pair would make Normalize throw.
    private static string Letters(string text)
    {
        var spelled = string.Concat(text.EnumerateRunes()).Normalize(NormalizationForm.FormKD);
        var letters = new StringBuilder(spelled.Length);
        foreach (var letter in spelled.Where(char.IsLetterOrDigit))
        {
            letters.Append(char.ToUpper(letter, CultureInfo.InvariantCulture));
        }

        return letters.ToString();
    }
}
