using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class TemplateFormTests
{
    [Fact]
    public void Property_5_Template_parameter_validation_asks_for_all_the_variables_of_the_body() =>
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (inBody, listed) =>
            Form(inBody, listed).TryRead(out _, out _) == inBody.ToHashSet().IsSubsetOf(listed))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Property_5_Template_parameter_validation_names_every_parameter_that_is_missing() =>
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (required, given) =>
        {
            Assert.True(Form(required, null).TryRead(out var details, out _));
            var template = Template.Create(details, DateTimeOffset.UnixEpoch);
            var values = given.Distinct().ToDictionary(name => name, name => name == "2" ? " " : "{{firstName}}");

            return template.MissingFrom(values).ToHashSet()
                    .SetEquals(required.Where(name => name == "2" || !given.Contains(name)))
                && template.UnknownIn(values).ToHashSet().SetEquals(given.Except(required));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("HXb5b62575e6e4ff6129ad7c8efe1f983e", true)]
    [InlineData("HX350D429D32E64A552466CAFECBE95F3C", true)]
    [InlineData("hxb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    [InlineData("HXb5b62575e6e4ff6129ad7c8efe1f983", false)]
    [InlineData("HXb5b62575e6e4ff6129ad7c8efe1f983g", false)]
    [InlineData("SMb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    [InlineData(null, false)]
    public void A_content_sid_has_the_providers_form(string? contentSid, bool valid) =>
        Assert.Equal(valid, (Form(["1"], ["1"]) with { ContentSid = contentSid }).TryRead(out _, out _));

    [Theory]
    [InlineData("Bonjour {{firstName}", "two braces")]
    [InlineData("Bonjour {{}}", "two braces")]
    [InlineData("Bonjour {{first name}}", "letters or digits")]
    [InlineData("Bonjour {{12345678901234567}}", "letters or digits")]
    [InlineData("Bonjour\u0000", "control character")]
    [InlineData(" ", "missing")]
    [InlineData(null, "missing")]
    public void A_body_that_would_not_read_well_is_refused(string? body, string remedy)
    {
        Assert.False((Form([], null) with { Body = body }).TryRead(out _, out var form));
        Assert.Contains(remedy, form.Problem.ProblemDetails.Errors["body"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_has_at_most_1024_characters()
    {
        Assert.True((Form([], null) with { Body = new('a', 1024) }).TryRead(out _, out _));
        Assert.False((Form([], null) with { Body = new('a', 1025) }).TryRead(out _, out _));
    }

    private static TemplateForm Form(string[] inBody, string[]? listed) => new()
    {
        Name = "Rendez-vous",
        ContentSid = "HXb5b62575e6e4ff6129ad7c8efe1f983e",
        Language = "fr",
        Body = $"Bonjour\n{string.Join(' ', inBody.Select(name => $"{{{{{name}}}}}"))} !",
        Variables = listed,
    };

    private static Gen<string[]> Names => Gen.Elements("1", "2", "3", "date", "heure").ArrayOf().Resize(4);
}
