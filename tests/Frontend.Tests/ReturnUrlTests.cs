using FsCheck;
using FsCheck.Fluent;

namespace Frontend.Tests;

public sealed class ReturnUrlTests
{
    [Theory]
    [InlineData("/campaigns?status=failed&search=a%20b")]
    [InlineData("/campaigns/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("/")]
    public void The_sign_in_leads_back_to_where_somebody_was(string path)
    {
        var query = new Uri(new("http://localhost"), ReturnUrl.SignInFor(path)).Query;
        var back = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query).GetValueOrDefault("returnUrl");
        Assert.Equal(path, ReturnUrl.Local(back));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/sign-in?returnUrl=/")]
    public void Whatever_is_no_page_of_ours_becomes_the_home_page(string? url) => Assert.Equal("/", ReturnUrl.Local(url));

    [Fact]
    public void No_text_leads_away_from_here() => Prop.ForAll<string?>(text =>
    {
        var here = new Uri("http://here.example/");
        return Uri.TryCreate(here, ReturnUrl.Local(text), out var target) && target.Authority == here.Authority;
    }).QuickCheckThrowOnFailure();
}
