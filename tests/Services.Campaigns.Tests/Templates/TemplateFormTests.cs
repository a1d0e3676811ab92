using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class TemplateFormTests
{
    [Fact]
    public void Property_5_Template_parameter_validation_asks_for_all_the_variables_of_the_body() =>
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (inBody, listed) =>
            Form(inBody, listed).TryRead(SenderProvider.Twilio, out _, out _)
                == inBody.ToHashSet().IsSubsetOf(listed)).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_5_Template_parameter_validation_names_every_parameter_that_is_missing() =>
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (required, given) =>
        {
            Assert.True(Form(required, null).TryRead(SenderProvider.Twilio, out var details, out _));
            var template = Template.Create(details, DateTimeOffset.UnixEpoch);
            var values = given.Distinct().ToDictionary(name => name, name => name == "2" ? " " : "{{firstName}}");

            return template.MissingFrom(values).ToHashSet()
                    .SetEquals(required.Where(name => name == "2" || !given.Contains(name)))
                && template.UnknownIn(values).ToHashSet().SetEquals(given.Except(required));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Twilio", "HXb5b62575e6e4ff6129ad7c8efe1f983e", true)]
    [InlineData("Twilio", "HX350D429D32E64A552466CAFECBE95F3C", true)]
    [InlineData("Twilio", "hxb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    [InlineData("Twilio", "HXb5b62575e6e4ff6129ad7c8efe1f983", false)]
    [InlineData("Twilio", "HXb5b62575e6e4ff6129ad7c8efe1f983g", false)]
    [InlineData("Twilio", "SMb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    [InlineData("Twilio", "c6aecef6-bcb0-4fb1-8100-28c094e3bc6b", false)]
    [InlineData("Twilio", null, false)]
    [InlineData("Gupshup", "c6aecef6-bcb0-4fb1-8100-28c094e3bc6b", true)]
    [InlineData("Gupshup", "c6aecef6bcb04fb1810028c094e3bc6b", false)]
    [InlineData("Gupshup", "HXb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    [InlineData("Gupshup", "rappel_rendez_vous", false)]
    [InlineData("Meta", "rappel_rendez_vous_2", true)]
    [InlineData("Meta", "Rappel", false)]
    [InlineData("Meta", "rappel rendez-vous", false)]
    [InlineData("Meta", "HXb5b62575e6e4ff6129ad7c8efe1f983e", false)]
    public void A_content_sid_has_the_providers_form(string provider, string? contentSid, bool valid)
    {
        var read = (Form(["1"], ["1"]) with { ContentSid = contentSid })
            .TryRead(Enum.Parse<SenderProvider>(provider), out _, out var form);

        Assert.Equal(valid, read);
        Assert.Equal(valid ? [] : ["contentSid"], form.Errors.Keys);
    }

    [Theory]
    [InlineData("Twilio", "{{1}} {{3}} {{date}}", true)]
    [InlineData("Gupshup", "{{2}} {{1}} {{1}}", true)]
    [InlineData("Gupshup", "{{1}} {{3}}", false)]
    [InlineData("Gupshup", "{{date}}", false)]
    [InlineData("Meta", "{{1}} {{date}}", false)]
    [InlineData("Meta", "{{heure}} {{date}}", true)]
    [InlineData("Meta", "Bonjour", true)]
    public void Who_is_given_values_in_their_order_has_them_numbered(string provider, string body, bool valid)
    {
        var form = Form([], null) with
        {
            Body = body,
            ContentSid = provider switch
            {
                "Gupshup" => "c6aecef6-bcb0-4fb1-8100-28c094e3bc6b",
                "Meta" => "rappel",
                _ => "HXb5b62575e6e4ff6129ad7c8efe1f983e",
            },
        };

        Assert.Equal(valid, form.TryRead(Enum.Parse<SenderProvider>(provider), out _, out var read));
        Assert.Equal(valid ? [] : ["body"], read.Errors.Keys);
    }

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
        Assert.False((Form([], null) with { Body = body }).TryRead(SenderProvider.Twilio, out _, out var form));
        Assert.Contains(remedy, form.Problem.ProblemDetails.Errors["body"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_has_at_most_1024_characters()
    {
        Assert.True((Form([], null) with { Body = new('a', 1024) }).TryRead(SenderProvider.Twilio, out _, out _));
        Assert.False((Form([], null) with { Body = new('a', 1025) }).TryRead(SenderProvider.Twilio, out _, out _));
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
