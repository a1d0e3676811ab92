using FsCheck;
using FsCheck.Fluent;

namespace AppHost.Tests;

public sealed class SettingsFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("  A = 1  ", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("A=\"a # b\"", "a # b")]
    [InlineData("A='x'", "x")]
    [InlineData("A=x # why", "x")]
    [InlineData("A=x#y", "x#y")]
    [InlineData("A=a=b", "a=b")]
    [InlineData("A=", "")]
    [InlineData("A=1\r\nB=2", "1")]
    public void A_line_is_a_name_and_a_value(string text, string value) =>
        Assert.Equal(value, SettingsFile.Parse(text)["A"]);

    [Theory]
    [InlineData("# A=1")]
    [InlineData("A")]
    [InlineData("")]
    public void Comments_and_other_lines_are_passed_over(string text) => Assert.Empty(SettingsFile.Parse(text));

    [Fact]
    public void A_quoted_value_is_read_back_as_it_was_written() => Prop.ForAll<NonNull<string>>(text =>
    {
        var value = string.Concat(text.Get.Where(letter => !char.IsControl(letter)));
        return SettingsFile.Parse($"A=\"{value}\"")["A"] == value;
    }).QuickCheckThrowOnFailure();
}
