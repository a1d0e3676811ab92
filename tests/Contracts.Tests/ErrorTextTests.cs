using System.Text.RegularExpressions;

namespace Contracts.Tests;

public sealed partial class ErrorTextTests
{
    public static TheoryData<string, string> Entries()
    {
        var entries = new TheoryData<string, string>();

        foreach (var (provider, file) in ErrorFile.ReadAll())
        {
            foreach (var error in file.Errors)
            {
                // A pattern is asked for by a code that it matches.
                entries.Add(provider, error.Code.Replace("*", "00").Replace("#", "99999"));
            }
        }

        return entries;
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void Every_text_is_complete_in_both_languages(string provider, string code)
    {
        var error = ProviderErrors.Find(provider, code);

        Assert.All([.. Parts(error.English), .. Parts(error.French)], text =>
        {
            Assert.NotEmpty(text);
            Assert.Equal(text.Trim(), text);
            Assert.DoesNotMatch(@"[{}*#]", text);
        });
        Assert.All([error.English, error.French], text =>
        {
            Assert.InRange(text.Title.Length, 5, 80);
            Assert.NotEqual('.', text.Title[^1]);
            Assert.Equal('.', text.Explanation[^1]);
            Assert.Matches($@"(\.|/docs/api/errors/{code})$", text.Action);
        });
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void French_is_French_and_English_is_English(string provider, string code)
    {
        var error = ProviderErrors.Find(provider, code);

        foreach (var (english, french) in Parts(error.English).Zip(Parts(error.French)))
        {
            Assert.NotEqual(english, french);
            Assert.DoesNotMatch(EnglishWords(), french);
            Assert.DoesNotMatch(FrenchWords(), english);
        }
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void The_typography_is_that_of_the_language(string provider, string code)
    {
        var error = ProviderErrors.Find(provider, code);

        // Straight quotes are neither; French sets a space that does not break before ; ! ? : and inside « ».
        Assert.All(Parts(error.English), text => Assert.DoesNotMatch("['\"«»\u00A0\u202F]", text));
        Assert.All(Parts(error.French), text =>
        {
            Assert.DoesNotMatch("['\"“”]", text);
            Assert.DoesNotMatch(@"(?<![\u202F\u00A0])[;!?»]|(?<!\u00A0|https):|«(?!\u00A0)", text);
        });
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void Only_what_is_tried_again_by_itself_is_said_to_be(string provider, string code)
    {
        var error = ProviderErrors.Find(provider, code);

        Assert.Equal(!error.Permanent, error.English.Action.Contains("by itself"));
        Assert.Equal(!error.Permanent, error.French.Action.Contains("automatiquement"));
    }

    [Theory]
    [InlineData(null, null, "“join” followed by your Sandbox’s code to +1 415 523 8886 on")]
    [InlineData("", " ", "“join” followed by your Sandbox’s code to +1 415 523 8886 on")]
    [InlineData("+14155238886", "happy-cat", "“join happy-cat” to +1 415 523 8886 on")]
    [InlineData("+14155550100", " Join  happy-cat ", "“join happy-cat” to +1 415 555 0100 on")]
    [InlineData("+33612345678", "joiner", "“join joiner” to +33612345678 on")]
    [InlineData("+14155238886", "join", "“join” followed by your Sandbox’s code to +1 415 523 8886 on")]
    public void A_person_who_has_not_joined_is_told_how_to(string? number, string? joinCode, string instruction) =>
        Assert.Contains(instruction, ProviderErrors.Find("twilio", "63015").English.Fill(number, joinCode).Action);

    [Fact]
    public void The_join_instruction_exists_in_French_with_and_without_the_code()
    {
        var text = ProviderErrors.Find("twilio", "63015").French;

        var filled = text.Fill("+14155238886", "happy-cat");

        Assert.Contains("«\u00A0join\u00A0» suivi du code de votre Sandbox au +1 415 523 8886", text.Action);
        Assert.Contains("«\u00A0join happy-cat\u00A0» au +1 415 523 8886", filled.Action);
        Assert.Equal(text, filled.Fill("+14155238886", null));
    }

    [Fact]
    public void A_text_that_does_not_speak_of_joining_is_left_as_it_is()
    {
        var text = ProviderErrors.Find("twilio", "63016").English;

        Assert.Same(text, text.Fill("+14155238886", "happy-cat"));
    }

    [Theory]
    [InlineData("fr", "fr")]
    [InlineData("fr-CA", "fr")]
    [InlineData("FR", "fr")]
    [InlineData("en-GB", "en")]
    [InlineData("de", "en")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void French_is_for_French_and_its_regions_and_English_for_all_others(string? asked, string given)
    {
        var error = ProviderErrors.Find("twilio", "63003");

        Assert.Same(given == "fr" ? error.French : error.English, error.In(asked));
    }

    private static string[] Parts(ErrorText text) => [text.Title, text.Explanation, text.Action];

    [GeneratedRegex(
        @"\b(the|and|is|are|was|of|to|your|you|our|with|this|that|not|from|it|be|ask|sender|number)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex EnglishWords();

    [GeneratedRegex(
        @"\b(le|la|les|des|est|et|ou|vous|votre|notre|pas|une|dans|pour|avec)\b|[àâçéèêëîïôùûœ]",
        RegexOptions.IgnoreCase)]
    private static partial Regex FrenchWords();
}
