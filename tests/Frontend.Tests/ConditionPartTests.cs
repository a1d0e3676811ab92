using System.Text.Json;
using Frontend.Components;

namespace Frontend.Tests;

public sealed class ConditionPartTests
{
    [Theory]
    [InlineData("""{"all":[{"tag":"vip"},{"not":{"tag":"lapsed"}}]}""")]
    [InlineData("""{"any":[{"attribute":"city","equals":"Lyon"},{"attribute":"city","contains":"Saint"}]}""")]
    [InlineData("""{"all":[{"attribute":"age","greaterThan":18.5},{"attribute":"born","lessThan":"2000-01-31"}]}""")]
    [InlineData("""{"all":[{"attribute":"city","isEmpty":true},{"not":{"attribute":"age","isEmpty":true}}]}""")]
    [InlineData("""{"all":[{"sandbox":"joined"},{"session":"closed"}]}""")]
    [InlineData("""{"all":[{"campaign":"0198c1d2-0000-7000-8000-000000000000","result":"notReplied"}]}""")]
    [InlineData("""{"not":{"any":[{"tag":"a"},{"not":{"all":[{"tag":"b"},{"any":[{"tag":"c"}]}]}}]}}""")]
    public void What_is_read_is_written_as_it_was(string condition) =>
        Assert.Equal(condition, ConditionGroup.Of(Parse(condition)).ToElement().ToString());

    [Theory]
    [InlineData("""{"tag":"vip"}""", """{"all":[{"tag":"vip"}]}""")]
    [InlineData("""{"not":{"not":{"tag":"vip"}}}""", """{"all":[{"tag":"vip"}]}""")]
    [InlineData("""{"not":{"not":{"any":[{"tag":"vip"}]}}}""", """{"any":[{"tag":"vip"}]}""")]
    [InlineData("""{"attribute":"age","isEmpty":false}""", """{"all":[{"not":{"attribute":"age","isEmpty":true}}]}""")]
    public void What_a_form_has_no_place_for_keeps_its_meaning(string condition, string written) =>
        Assert.Equal(written, ConditionGroup.Of(Parse(condition)).ToElement().ToString());

    [Theory]
    [InlineData("12", "12")]
    [InlineData("12,5", "12.5")]
    [InlineData("-3", "-3")]
    [InlineData("2026-01-31", "\"2026-01-31\"")]
    [InlineData("", "\"\"")]
    public void A_number_is_compared_as_one_however_it_is_written(string typed, string sent)
    {
        var row = new ConditionRow { Attribute = "age", Comparison = "lessThan", Value = typed };
        row.Choose(ConditionField.Attribute, null);
        row.Value = typed;

        Assert.Equal($$"""{"attribute":"age","lessThan":{{sent}}}""", row.ToJson().ToJsonString());
    }

    [Theory]
    [InlineData(Joining.All, false, "where.all[0].tag")]
    [InlineData(Joining.Any, true, "where.any[0].not.tag")]
    [InlineData(Joining.None, false, "where.not.any[0].tag")]
    public void A_row_is_found_where_the_API_complains(Joining joining, bool isNot, string path)
    {
        var row = new ConditionRow { IsNot = isNot };
        var group = new ConditionGroup { Joining = joining, Parts = { row } };

        Assert.Equal(path, row.PathOf("tag", group.PathOf(0, "where")));
    }

    [Fact]
    public void An_empty_group_is_no_condition() => Assert.Null(new ConditionGroup().ToElement());

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
