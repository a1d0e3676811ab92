using Frontend.Components;

namespace Frontend.Tests;

public sealed class PersonalTextTests
{
    private static readonly Contact Zoe = new(
        Guid.Empty, "+33612345678", "Zoé", null, "fr", [], new Dictionary<string, string> { ["city"] = "Lyon" },
        new(MembershipState.Joined, null, null, null), new(true, null), false, null, default, default);

    [Theory]
    [InlineData("Thank you {{firstName}}!", "Thank you Zoé!")]
    [InlineData("{{ FIRSTNAME }} of {{city}}, {{attributes.city}}", "Zoé of Lyon, Lyon")]
    [InlineData("{{lastName}}{{country}}.", ".")]
    [InlineData("{{phone}} {{language}} {firstName} {{}}", "+33612345678 fr {firstName} {{}}")]
    public void A_text_reads_as_the_person_will_get_it(string text, string expected) =>
        Assert.Equal(expected, PersonalText.For(text, Zoe));

    [Fact]
    public void The_variables_of_a_template_are_found_in_its_text_each_once() => Assert.Equal(
        ["1", "name", "2"], PersonalText.PlacesIn("{{1}} {{ name }} {{2}} {{1}} {{}} {3}"));

    [Fact]
    public void A_variable_without_a_value_stays_as_it_is_written() => Assert.Equal(
        "Zoé {{2}}", PersonalText.Fill("{{1}} {{2}}", new Dictionary<string, string?> { ["1"] = "Zoé", ["2"] = "" }));
}
