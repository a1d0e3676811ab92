using System.Text;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class OptOutWordsTests
{
    private static readonly string[] Stops =
    [
        "STOP", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT-OUT", "ARRET", "ARRÊT", "ARRETER",
        "DESINSCRIRE", "DÉSINSCRIRE", "SE DESINSCRIRE", "ME DÉSINSCRIRE", "DÉSINSCRIPTION", "DÉSABONNER",
        "SE DÉSABONNER", "DÉSABONNEMENT",
    ];

    private static readonly string[] Starts = ["START", "UNSTOP", "REPRENDRE", "RÉINSCRIRE", "SE RÉINSCRIRE"];

    [Fact]
    public void Every_word_counts_in_any_case_with_or_without_accents_and_with_anything_around_it() =>
        Prop.ForAll(Arb.From(Dressed), dressed => OptOutWords.Recognise(dressed.Text) == dressed.Meaning)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_sentence_that_contains_such_a_word_is_an_ordinary_message() =>
        Prop.ForAll(Arb.From(Dressed), Arb.From(Gen.Elements("please", "le", "2", "bus", "la semaine prochaine", "да")),
            (dressed, word) => OptOutWords.Recognise($"{dressed.Text} {word}") is null
                && OptOutWords.Recognise($"{word} {dressed.Text}") is null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_is_too_odd_to_be_looked_at() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => OptOutWords.Recognise(text) is null || text.Length > 2)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("yes")]
    [InlineData("oui")]
    [InlineData("Stopper")]
    [InlineData("Non")]
    [InlineData("join happy-tiger")]
    [InlineData("\uD800")]
    public void Other_messages_mean_nothing(string? text) => Assert.Null(OptOutWords.Recognise(text));

    [Theory]
    [InlineData("Stop 🙏")]
    [InlineData("« Arrêt ! »")]
    [InlineData("\uD800stop")]
    [InlineData("ＳＴＯＰ")]
    public void Emoji_and_quotation_marks_do_not_hide_a_stop(string text) =>
        Assert.Equal(OptOutType.Stop, OptOutWords.Recognise(text));

    private static Gen<(string Text, OptOutType Meaning)> Dressed =>
        from word in Gen.Elements(Stops.Select(stop => (stop, OptOutType.Stop))
            .Concat(Starts.Select(start => (start, OptOutType.Start))).ToArray())
        from upper in Gen.Elements(true, false).ArrayOf(word.Item1.Length)
        from form in Gen.Elements(NormalizationForm.FormC, NormalizationForm.FormD)
        from before in Around
        from after in Around
        let cased = string.Concat(word.Item1.Zip(upper, (letter, up) => up ? letter : char.ToLowerInvariant(letter)))
        select (before + cased.Normalize(form) + after, word.Item2);

    private static Gen<string> Around =>
        Gen.Elements("", "", " ", "  ", "\n", ".", "!", " !!", "…", "\"", "« ", " »", "*", "\u00A0", "\u200B", "👍");
}
