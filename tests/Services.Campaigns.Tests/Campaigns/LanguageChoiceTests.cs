using FsCheck;
using FsCheck.Fluent;
using ServiceDefaults;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class LanguageChoiceTests(CampaignsApp app)
{
    [Theory]
    [InlineData("fr", "en", "fr", 0)]
    [InlineData("FR_ca", "en", "fr fr-CA", 1)]
    [InlineData("fr-CA", "en", "fr", 0)]
    [InlineData("fr", "en", "de fr-FR", 1)]
    [InlineData("fr-BE", "en", "fr-CA fr-FR", 0)]
    [InlineData("fr-BE", "en", "fr-CA fr", 1)]
    [InlineData("zh-Hant-TW", "en", "zh zh-Hans zh-Hant", 2)]
    [InlineData("fil", "en", "fi", null)]
    [InlineData("en-US", "en-GB", "fr en-AU", null)]
    [InlineData("en-AU", "en-GB", "fr en-AU", 1)]
    [InlineData("de", "en", "fr", null)]
    [InlineData(null, "en", "fr", null)]
    public void The_nearest_language_is_chosen(string? language, string main, string variants, int? place) =>
        Assert.Equal(place, new LanguageChoice(main, variants.Split(' ')).For(language));

    [Fact]
    public void Nobody_gets_a_foreign_language_while_there_is_their_own() =>
        Prop.ForAll(Arb.From(Choices), Arb.From(Tag), (choice, language) =>
        {
            string[] all = [choice.Main, .. choice.Variants];
            var chosen = all[(new LanguageChoice(choice.Main, choice.Variants).For(language) ?? -1) + 1];
            return all.Any(one => Plain(one) == Plain(language)) ? Plain(chosen) == Plain(language)
                : all.Any(one => Primary(one) == Primary(language)) ? Primary(chosen) == Primary(language)
                : chosen == choice.Main;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_there_besides_changes_nothing_for_who_has_a_variant_of_their_own() =>
        Prop.ForAll(Arb.From(Choices), Arb.From(Tag), (choice, language) =>
        {
            var one = new LanguageChoice(choice.Main, choice.Variants).For(language);
            var more = new LanguageChoice(choice.Main, [.. choice.Variants, "es-419"]).For(language);
            return Primary(language) == "es" || one == more;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task The_database_chooses_as_the_service_does()
    {
        string?[] languages = [null, "", .. Tag.Sample(60)];
        foreach (var (main, variants) in Choices.Sample(60))
        {
            var (choice, values) = (new LanguageChoice(main, variants), new SqlParameters());
            await using var command = app.Database.Command($"""
                select {choice.ToSql(values.Add)} from unnest({values.Add(languages)}) with ordinality c (language, place)
                order by place
                """, values.ToArray());
            await using var reader = await command.ExecuteReaderAsync();
            var chosen = new List<int?>();
            while (await reader.ReadAsync())
            {
                chosen.Add(reader.IsDBNull(0) ? null : reader.GetInt16(0));
            }

            Assert.Equal(languages.Select(choice.For), chosen);
        }
    }

    // Few of them, so that they meet.
    private static Gen<string> Tag =>
        from primary in Gen.Elements("fr", "FR", "fil", "fi", "zh", "es")
        from script in Gen.Elements("", "", "Hant", "Hans", "latn")
        from region in Gen.Elements("", "", "CA", "ca", "FR")
        from hyphen in Gen.Elements('-', '_')
        select string.Join(hyphen, new[] { primary, script, region }.Where(part => part.Length > 0));

    /// <summary>As the form lets them through: none twice.</summary>
    private static Gen<(string Main, string[] Variants)> Choices =>
        from tags in Gen.NonEmptyListOf(Tag)
        let different = tags.DistinctBy(Plain).ToList()
        select (different[0], different.Skip(1).ToArray());

    private static string Plain(string tag) => tag.Replace('_', '-').ToLowerInvariant();

    private static string Primary(string tag) => Plain(tag).Split('-')[0];
}
