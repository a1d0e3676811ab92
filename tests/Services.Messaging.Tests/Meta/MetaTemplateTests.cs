using System.Text.Json;

namespace Services.Messaging.Tests;

public sealed class MetaTemplateTests
{
    private const string Body = """{ "type": "BODY", "text": "Bonjour {{1}}", "example": { "body_text": [["Zoé"]] } }""";

    [Theory]
    [InlineData("")]
    [InlineData(""", { "type": "HEADER", "format": "TEXT", "text": "Rappel" }, { "type": "FOOTER", "text": "STOP" }""")]
    [InlineData(""", { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Oui" }] }""")]
    [InlineData(
        """, { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Voir", "url": "https://example.org" }] }""")]
    public void A_template_has_its_name_language_text_and_approval(string others)
    {
        var read = Read(others)!;

        Assert.Equal(
            ("rappel", "rappel", "en_US", "Bonjour {{1}}", "approved"),
            (read.ContentSid, read.Name, read.Language, read.Body, read.Approval));
    }

    [Theory]
    [InlineData("""{ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::a"] } }""")]
    [InlineData("""{ "type": "HEADER", "format": "TEXT", "text": "Pour {{1}}" }""")]
    [InlineData("""{ "type": "BUTTONS", "buttons": [{ "type": "URL", "url": "https://example.org/{{1}}" }] }""")]
    [InlineData("""{ "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] }""")]
    public void One_that_needs_more_than_its_text_filled_is_without_a_text_so_that_nobody_sends_it(string other) =>
        Assert.Null(Read($", {other}")!.Body);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "name": "rappel" }""")]
    [InlineData("""{ "language": "fr" }""")]
    [InlineData("12")]
    public void What_is_no_template_is_left_out(string json) => Assert.Null(MetaTemplate.Read(JsonElement.Parse(json)));

    private static Contracts.ProviderTemplate? Read(string others) => MetaTemplate.Read(JsonElement.Parse(
        $$"""{ "name": "rappel", "language": "en_US", "status": "APPROVED", "components": [{{Body}}{{others}}] }"""));
}
