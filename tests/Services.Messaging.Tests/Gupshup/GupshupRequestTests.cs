using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.WebUtilities;

namespace Services.Messaging.Tests;

/// <summary>The numbered properties are those of the Gupshup plan.</summary>
public sealed class GupshupRequestTests
{
    private static readonly Arbitrary<string> Numbers = Gen.Choose(1, 9)
        .SelectMany(first => Gen.Choose(0, 9).ArrayOf(11), (first, rest) => $"+{first}{string.Concat(rest)}")
        .ToArbitrary();

    private static readonly Arbitrary<string> Texts = Gen.OneOf(
        ArbMap.Default.ArbFor<UnicodeString>().Generator.Select(text => Valid(text.Get ?? "")),
        Gen.Elements("a&b=c+d%20e", "L'été \"chez\" Zoé \\ \r\n\t", "👩‍👩‍👧", "{\"a\":1}", "</script>", "%25"))
        .ToArbitrary();

    [Fact]
    public void Property_1_a_number_goes_without_its_plus_and_with_every_digit() =>
        Prop.ForAll(Numbers, number =>
            !GupshupRequest.Digits(number).Contains('+') && "+" + GupshupRequest.Digits(number) == number)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Property_2_a_template_goes_with_all_fields_that_must_be_there() =>
        Prop.ForAll(Numbers, Numbers, (from, to) =>
        {
            var order = Order.Template(new() { ["1"] = "Zoé" }) with { From = from, To = to };
            var form = Sent(order);
            Assert.Equal("template/msg", GupshupRequest.Path(order));
            Assert.Equal(["channel", "destination", "source", "src.name", "template"], form.Keys.Order());
            Assert.Equal(
                ("whatsapp", from[1..], to[1..], "FictionApp"),
                (form["channel"], form["source"], form["destination"], form["src.name"]));
            Assert.Equal(Order.ContentSid, Json(form["template"]).GetProperty("id").GetString());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_3_the_templates_values_are_a_list_in_the_order_of_their_numbers() =>
        Prop.ForAll(Gen.Choose(0, 30).ToArbitrary(), Texts, (count, text) =>
        {
            // As they come: 1, 10, 11, 2…
            var variables = Enumerable.Range(1, count).Select(number => $"{number}").Order(StringComparer.Ordinal)
                .ToDictionary(name => name, name => name + text);
            var values = Json(Sent(Order.Template(variables))["template"]).GetProperty("params").EnumerateArray()
                .Select(value => value.GetString());
            Assert.Equal(Enumerable.Range(1, count).Select(number => number + text), values);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_4_a_text_goes_with_all_fields_that_must_be_there() =>
        Prop.ForAll(Numbers, Numbers, (from, to) =>
        {
            var order = Order.Text("Bonjour") with { From = from, To = to };
            var form = Sent(order);
            Assert.Equal("msg", GupshupRequest.Path(order));
            Assert.Equal(["channel", "destination", "message", "source", "src.name"], form.Keys.Order());
            Assert.Equal(
                ("whatsapp", from[1..], to[1..], "FictionApp"),
                (form["channel"], form["source"], form["destination"], form["src.name"]));
            Assert.Equal("text", Json(form["message"]).GetProperty("type").GetString());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_5_every_character_of_a_text_or_a_value_arrives_as_it_was_written() =>
        Prop.ForAll(Texts, text =>
            Json(Sent(Order.Text(text))["message"]).GetProperty("text").GetString() == text
            && Json(Sent(Order.Template(new() { ["1"] = text }))["template"]).GetProperty("params")[0].GetString()
                == text)
            .QuickCheckThrowOnFailure();

    /// <summary>The form as the server reads it.</summary>
    private static Dictionary<string, string> Sent(SendMessage order)
    {
        using var content = new FormUrlEncodedContent(GupshupRequest.Form(order, "FictionApp"));
        using var reader = new StreamReader(content.ReadAsStream());
        return QueryHelpers.ParseQuery(reader.ReadToEnd()).ToDictionary(pair => pair.Key, pair => pair.Value.Single()!);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    // Half a surrogate pair is no character; no encoding can carry it.
    private static string Valid(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
}
