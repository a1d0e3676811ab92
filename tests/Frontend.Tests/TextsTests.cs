using System.Text.RegularExpressions;
using System.Xml.Linq;
using Frontend.Components;
using Testing;

namespace Frontend.Tests;

/// <summary>The words of the pages, held against the pages' sources.</summary>
public sealed partial class TextsTests
{
    private static readonly string Sources = Path.Combine(ProgramProcess.RepositoryRoot, "Frontend");

    private static readonly Dictionary<string, string> English = Read("");
    private static readonly Dictionary<string, string> French = Read(".fr");

    [Fact]
    public void Every_text_is_there_in_English_and_in_French()
    {
        Assert.NotEmpty(English);
        Assert.Equal(English.Keys.Order(StringComparer.Ordinal), French.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(English.Concat(French), text => string.IsNullOrWhiteSpace(text.Value));
    }

    [Fact]
    public void Both_languages_fill_in_the_same_values() => Assert.All(English, text =>
        Assert.Equal(Values(text.Value), Values(French[text.Key])));

    [Fact]
    public void Every_text_that_a_page_asks_for_exists_and_every_text_is_asked_for()
    {
        var source = string.Concat(Directory.EnumerateFiles(Sources, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs").Select(File.ReadAllText));
        var asked = Literal().Matches(source).Select(match => match.Groups["key"].Value).ToHashSet();
        var counted = Counted().Matches(source).Select(match => match.Groups["key"].Value)
            .SelectMany(key => new[] { $"{key}.one", $"{key}.other" });
        // T[$"Common.Error.{Kind}.Remedy"] asks for all that fit.
        var patterns = Computed().Matches(source).Select(match => new Regex(
            $"^{Hole().Replace(Regex.Escape(match.Groups["key"].Value).Replace(@"\{", "{").Replace("}", "}"), @"[^.]+")}$"))
            .ToList();

        Assert.DoesNotContain(asked, key => IsKey(key) && !English.ContainsKey(key));
        Assert.DoesNotContain(counted, key => !English.ContainsKey(key));
        Assert.All(patterns, pattern => Assert.Contains(English.Keys, pattern.IsMatch));
        Assert.DoesNotContain(
            English.Keys.Where(key => !key.StartsWith("Words.", StringComparison.Ordinal))
                .Except(asked).Except(counted),
            key => !patterns.Exists(pattern => pattern.IsMatch(key)));
    }

    [Fact]
    public void Every_action_has_its_sentence_and_every_kind_of_action_its_name()
    {
        Assert.All(ActivityEntry.Known, action =>
        {
            Assert.Contains($"Activity.Did.{action.Replace('.', '-')}", English.Keys);
            Assert.Contains($"Activity.Kind.{action.Split('.')[0]}", English.Keys);
        });
    }

    [Fact]
    public void Every_status_and_mode_has_its_word_and_its_look()
    {
        Type[] shown = [typeof(MessageStatus), typeof(CampaignStatus), typeof(ImportState), typeof(SenderMode)];
        var expected = shown.SelectMany(type => Enum.GetNames(type).Select(name => $"Words.{type.Name}.{name}"));
        var words = English.Keys.Where(key => key.StartsWith("Words.", StringComparison.Ordinal)).ToList();
        Assert.Empty(expected.Except(words));
        Assert.All(words, word => Assert.Contains(
            typeof(MessageStatus).Assembly.GetTypes(),
            type => type.IsEnum && Enum.GetNames(type).Any(name => word == $"Words.{type.Name}.{name}")));
        Assert.All(Enum.GetValues<MessageStatus>(), status => Assert.Contains(Look.Icon(status), Icon.Paths.Keys));
        Assert.All(Enum.GetValues<CampaignStatus>(), status => Assert.Contains(Look.Icon(status), Icon.Paths.Keys));
        Assert.All(Enum.GetValues<ImportState>(), state => Assert.Contains(Look.Icon(state), Icon.Paths.Keys));
    }

    [Theory]
    [InlineData("en", 0, "0 people")]
    [InlineData("en", 1, "1 person")]
    [InlineData("en", 1482, "1,482 people")]
    [InlineData("fr", 0, "0 personne")]
    [InlineData("fr", 1, "1 personne")]
    [InlineData("fr", 1482, "1\u202f482 personnes")]
    public void Counts_follow_the_grammar_and_the_digits_of_the_language(string language, long count, string expected) =>
        Assert.Equal(expected, Speaking.In(language, texts => texts.Count("Campaigns.People", count)));

    [Theory]
    [InlineData("fr", 1, 1, "En pause\u00a0: 1 sur 1 personne traitée")]
    [InlineData("fr", 2, 3, "En pause\u00a0: 2 sur 3 personnes traitées")]
    [InlineData("en", 1, 3, "Paused: 1 of 3 people done")]
    public void What_has_been_done_agrees_with_how_many_it_is(string language, long done, long total, string expected) =>
        Assert.Equal(expected, Speaking.In(language, texts => texts.Count(
            "Campaigns.Sentence.Paused", done, texts.Count("Campaigns.People", total))));

    [Theory]
    [InlineData("fr", "Effacer Zoé\u00a0?")]
    [InlineData("en", "Erase Zoé?")]
    public void No_line_begins_with_a_French_sign(string language, string expected) =>
        Assert.Equal(expected, Speaking.In(language, texts => texts["Contacts.Erase.Title", "Zoé"]));

    private static Dictionary<string, string> Read(string suffix) => (
        from file in Directory.EnumerateFiles(Path.Combine(Sources, "Texts"), "*.resx")
        let name = Path.GetFileNameWithoutExtension(file)
        where suffix == "" ? !name.Contains('.', StringComparison.Ordinal) : name.EndsWith(suffix, StringComparison.Ordinal)
        from entry in XDocument.Load(file).Root!.Elements("data")
        select KeyValuePair.Create(
            $"{name.Split('.')[0]}.{entry.Attribute("name")!.Value}", entry.Element("value")!.Value)).ToDictionary();

    private static bool IsKey(string key) =>
        English.Keys.Any(known => known.Split('.')[0] == key.Split('.')[0]);

    private static IEnumerable<string> Values(string text) =>
        Placeholder().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("""(?<!\$|Count\()"(?<key>[A-Z][A-Za-z0-9]+\.[A-Z][A-Za-z0-9.]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Literal();

    [GeneratedRegex("""\.Count\("(?<key>[A-Za-z0-9.]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Counted();

    [GeneratedRegex("""(T|texts)\[\$"(?<key>[^"]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Computed();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\d+[^}]*\}")]
    private static partial Regex Placeholder();
}
