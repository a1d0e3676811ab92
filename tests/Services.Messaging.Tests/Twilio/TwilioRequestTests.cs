using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class TwilioRequestTests
{
    private const string PublicUrl = "https://example.org/";

    private static readonly Arbitrary<string> Numbers = Gen.Choose(1, 9)
        .SelectMany(first => Gen.Choose(0, 9).ArrayOf(11), (first, rest) => $"+{first}{string.Concat(rest)}")
        .ToArbitrary();

    // Twilio plan, property 1
    [Fact]
    public void A_number_becomes_a_WhatsApp_address_and_back_without_loss() =>
        Prop.ForAll(Numbers, number =>
            TwilioRequest.ToAddress(number) == "whatsapp:" + number
            && TwilioRequest.ToNumber(TwilioRequest.ToAddress(number)) == number)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("+33612345678")]
    [InlineData("sms:+33612345678")]
    [InlineData("WHATSAPP:+33612345678")]
    [InlineData("")]
    public void The_address_of_another_channel_has_no_WhatsApp_number(string address) =>
        Assert.Null(TwilioRequest.ToNumber(address));

    // Twilio plan, property 2
    [Fact]
    public void Every_message_of_a_sender_leaves_from_the_senders_number() =>
        Prop.ForAll(Numbers, Numbers, ArbMap.Default.ArbFor<string?>(), (from, to, text) =>
        {
            var form = Form(Order.Text(text ?? "") with { From = from, To = to });
            return form["From"] == "whatsapp:" + from && form["To"] == "whatsapp:" + to;
        }).QuickCheckThrowOnFailure();

    // Twilio plan, property 4; Gupshup plan, properties 3 and 5
    [Fact]
    public void Template_values_survive_the_way_into_JSON_whatever_characters_they_hold() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonEmptyString, UnicodeString>>(), drawn =>
        {
            var variables = drawn.GroupBy(pair => Valid(pair.Key.Get))
                .ToDictionary(group => group.Key, group => Valid(group.First().Value.Get ?? ""));
            var form = Form(Order.Template(variables));
            var read = form.TryGetValue("ContentVariables", out var json)
                ? JsonSerializer.Deserialize<Dictionary<string, string>>(json)!
                : [];
            return read.Count == variables.Count && variables.All(pair => read[pair.Key] == pair.Value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quotes_accents_emoji_and_line_breaks_in_template_values_stay_what_they_are()
    {
        var value = "L'été \"chez\" Zoé \\ \n 👩‍👩‍👧 + & = % <b>";

        var json = Form(Order.Template(new() { ["1"] = value }))["ContentVariables"];

        Assert.Equal(value, JsonDocument.Parse(json).RootElement.GetProperty("1").GetString());
    }

    [Fact]
    public void A_template_goes_without_a_body_and_a_text_without_a_template()
    {
        var template = Form(Order.Template(new() { ["1"] = "Zoé" }));
        var text = Form(Order.Text("Bonjour"));

        Assert.Equal(Order.ContentSid, template["ContentSid"]);
        Assert.DoesNotContain("Body", template.Keys);
        Assert.Equal("Bonjour", text["Body"]);
        Assert.DoesNotContain("ContentSid", text.Keys);
        Assert.DoesNotContain("ContentVariables", text.Keys);
    }

    [Fact]
    public void The_callback_address_names_the_message_and_the_attempt()
    {
        var order = Order.Text("Bonjour") with { Attempt = 3 };

        Assert.Equal(
            $"https://example.org/api/webhooks/twilio?m={order.MessageId}&a=3#rc=5&rp=all",
            Form(order)["StatusCallback"]);
    }

    private static Dictionary<string, string> Form(SendMessage order) =>
        TwilioRequest.Form(order, PublicUrl).ToDictionary();

    // Half a surrogate pair is no character; no encoding can carry it.
    private static string Valid(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
}
