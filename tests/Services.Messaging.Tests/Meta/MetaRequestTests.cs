using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class MetaRequestTests
{
    [Fact]
    public void A_text_goes_to_the_number_with_message_and_attempt_beside_it()
    {
        var order = Order.Text("Bonjour") with { To = "+33639980012", Attempt = 3 };

        var body = Body(order);

        Assert.Equal(
            ["whatsapp", "individual", "33639980012", "text", $"{order.MessageId}/3"],
            new[] { "messaging_product", "recipient_type", "to", "type", "biz_opaque_callback_data" }
                .Select(name => body.GetProperty(name).GetString()));
        Assert.Equal("Bonjour", body.GetProperty("text").GetProperty("body").GetString());
        Assert.False(body.TryGetProperty("template", out _));
    }

    [Fact]
    public void A_template_goes_under_its_name_and_language_with_its_values_in_the_order_of_their_numbers()
    {
        var content = new TemplateContent(
            "rappel", new Dictionary<string, string> { ["10"] = "j", ["2"] = "b", ["1"] = "a" }, "pt-BR");

        var template = Template(Order.Template([]) with { Template = content });

        Assert.Equal("rappel", template.GetProperty("name").GetString());
        Assert.Equal("pt_BR", template.GetProperty("language").GetProperty("code").GetString());
        var component = Assert.Single(template.GetProperty("components").EnumerateArray());
        Assert.Equal("body", component.GetProperty("type").GetString());
        var parameters = component.GetProperty("parameters");
        Assert.Equal(
            ["text a", "text b", "text j"],
            parameters.EnumerateArray().Select(value =>
                $"{value.GetProperty("type").GetString()} {value.GetProperty("text").GetString()}"));
        Assert.DoesNotContain(
            parameters.EnumerateArray(), value => value.TryGetProperty("parameter_name", out _));
    }

    [Fact]
    public void Variables_that_have_names_go_by_them()
    {
        var template = Template(Order.Template(new() { ["first_name"] = "Zoé" }));

        var parameter = template.GetProperty("components")[0].GetProperty("parameters")[0];
        Assert.Equal(
            ("first_name", "Zoé"),
            (parameter.GetProperty("parameter_name").GetString(), parameter.GetProperty("text").GetString()));
    }

    [Fact]
    public void A_template_without_variables_has_no_components() =>
        Assert.False(Template(Order.Template([])).TryGetProperty("components", out _));

    [Fact]
    public void Who_has_no_number_is_reached_under_metas_id()
    {
        var body = Body(Order.Text("Bonjour") with { To = "FR.13491208655302741918" });

        Assert.Equal("FR.13491208655302741918", body.GetProperty("recipient").GetString());
        Assert.False(body.TryGetProperty("to", out _));
    }

    [Fact]
    public void Every_character_arrives_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), drawn =>
        {
            // Half a surrogate pair is no character; no encoding can carry it.
            var text = string.Concat((drawn.Get ?? "").EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
            return Body(Order.Text(text)).GetProperty("text").GetProperty("body").GetString() == text;
        }).QuickCheckThrowOnFailure();

    private static JsonElement Template(SendMessage order) => Body(order).GetProperty("template");

    private static JsonElement Body(SendMessage order) => JsonDocument.Parse(MetaRequest.Body(order)).RootElement;
}
