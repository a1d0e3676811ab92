namespace Services.Campaigns.Tests;

public class JoinWordsTests
{
    [Theory]
    [InlineData("join happy-tiger", "happy-tiger", true)]
    [InlineData("  JOIN  Happy-Tiger \n", "happy-tiger", true)]
    [InlineData("join sunny-day", "happy-tiger", false)]
    [InlineData("join happy-tiger please", "happy-tiger", false)]
    [InlineData("I join happy-tiger", "happy-tiger", false)]
    [InlineData("join", "happy-tiger", false)]
    [InlineData("joinhappy-tiger", "happy-tiger", false)]
    [InlineData("join happy-tiger", null, true)]
    [InlineData("join us", null, false)]
    [InlineData("join happy-tiger", "", true)]
    [InlineData(null, "happy-tiger", false)]
    public void Only_the_word_and_the_code_join(string? text, string? code, bool joins) =>
        Assert.Equal(joins, JoinWords.Matches(text, code));
}
