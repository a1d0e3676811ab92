using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class MessageTextTests
{
    private static readonly Contact Zoe = new()
    {
        Id = Guid.NewGuid(),
        Phone = "+33612345678",
        FirstName = "Zoé",
        Language = "fr",
        Attributes = new() { ["city"] = "Lyon", ["date rdv"] = "3 mars", ["1"] = "un", ["firstName"] = "Z." },
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory]
    [InlineData("Bonjour {{firstName}} de {{city}} !", "Bonjour Zoé de Lyon !")]
    [InlineData("{{ FIRSTNAME }}{{attributes.city}}", "ZoéLyon")]
    [InlineData("{{attributes.firstName}}", "Z.")]
    [InlineData("Le {{date rdv}}, {{1}}", "Le 3 mars, un")]
    [InlineData("{{phone}} {{language}}", "+33612345678 fr")]
    [InlineData("{{lastName}}{{unknown}}", "")]
    [InlineData("Zoé", "Zoé")]
    [InlineData("", "")]
    [InlineData("100 % { } {{}} {{ }}", "100 % { } {{}} {{ }}")]
    [InlineData("{{{city}}}", "{Lyon}")]
    [InlineData("a\n b", "a\n b")]
    public void Values_take_the_places_of_their_names(string pattern, string text) =>
        Assert.Equal(text, MessageText.Parse(pattern).Render(Zoe));

    [Theory]
    [InlineData("{{firstName}} et {{city}}, {{firstName}}", "firstName,city")]
    [InlineData("Bonjour", "")]
    public void Each_name_is_listed_once(string pattern, string names) =>
        Assert.Equal(names, string.Join(',', MessageText.Parse(pattern).Placeholders));

    [Theory]
    [InlineData("{{firstName}", true)]
    [InlineData("{{}}", true)]
    [InlineData("{{first\nName}}", true)]
    [InlineData("firstName}}", true)]
    [InlineData("{firstName} {{city}}", false)]
    public void Braces_that_people_would_read_are_a_mistake(string pattern, bool mistaken) =>
        Assert.Equal(mistaken, MessageText.Parse(pattern).Mistake is not null);

    [Theory]
    [InlineData("  {{city}} ", "Lyon")]
    [InlineData("a\r\n\tb", "a b")]
    [InlineData("a    b", "a    b")]
    [InlineData("a     b", "a b")]
    [InlineData("{{lastName}} ", "")]
    public void A_variable_takes_what_WhatsApp_takes(string pattern, string text) =>
        Assert.Equal(text, MessageText.ParseVariable(pattern).Render(Zoe));

    [Fact]
    public void No_variable_ever_holds_a_line_break_a_tab_or_five_spaces() =>
        Prop.ForAll(Arb.From(Patterns), Arb.From(People), (pattern, person) =>
        {
            var text = MessageText.ParseVariable(pattern).Render(person);
            return !text.Any(char.IsControl) && text == text.Trim(' ')
                && !text.Contains("     ", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_without_names_is_left_as_it_is() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text?.Contains('{') == false), text =>
            MessageText.Parse(text).Render(Zoe) == text).QuickCheckThrowOnFailure();

    [Fact]
    public void A_template_is_filled_with_its_variables() => Assert.Equal(
        "Bonjour Zoé, à {{2}} le .",
        MessageText.Parse("Bonjour {{1}}, à {{2}} le {{3}}.").Render(
            new Dictionary<string, string> { ["1"] = "Zoé", ["2"] = "{{2}}" }.GetValueOrDefault));

    internal static Gen<string> Patterns =>
        from parts in Gen.OneOf(
            Gen.Elements(
                "{{firstName}}", "{{lastName}}", "{{PHONE}}", "{{ language }}", "{{city}}", "{{attributes.city}}",
                "{{date rdv}}", "{{nobody}}", "{{attributes.phone}}", "{{l'été}}", "{{a\\b}}", "{{$1}}", "{{}}", "{{",
                "}}", "{"),
            Texts).ArrayOf().Resize(8)
        select string.Concat(parts);

    internal static Gen<Contact> People =>
        from first in Values
        from last in Values
        from language in Values
        from names in Gen.SubListOf<string>("city", "date rdv", "phone", "l'été", "a\\b", "$1")
        from values in Texts.ArrayOf(names.Count)
        from digits in Gen.Choose(10_000_000, 99_999_999)
        select new Contact
        {
            Id = Guid.NewGuid(),
            Phone = $"+336{digits}",
            FirstName = first,
            LastName = last,
            Language = language,
            Attributes = names.Zip(values).ToDictionary(),
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static Gen<string?> Values => Gen.OneOf(Gen.Constant<string?>(null), Texts.Select(text => (string?)text));

    // All that SQL, JSON, formats and regular expressions are fond of, and all kinds of spaces.
    private static Gen<string> Texts =>
        from letters in Gen.Elements(
            "a", "É", "e\u0301", "🎉", "'", "\"", "\\", "\\n", "%", "$1", "$", "&", "\\1", "null", " ", " ", "   ",
            "     ", "\t", "\n", "\r\n", "\u0001", "\u007F", "\u0085", "\u00A0", "\u2003", "\u2028", "\u2029", "\u200B",
            "\uFEFF", "ß", "İ")
            .ArrayOf().Resize(10)
        select string.Concat(letters);
}
