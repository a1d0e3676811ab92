using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

public sealed class TwilioFormTests
{
    [Fact]
    public void What_is_encoded_is_what_is_read() =>
        Prop.ForAll(Requests.Text.ToArbitrary(), text =>
        {
            using var form = Parse(Signer.FormOf([("a", "1"), ("Body", text), ("body", "2")]));
            return form["Body"u8] == text.Replace("\0", "");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_signed_text_does_not_depend_on_the_order_in_which_parameters_come() =>
        Prop.ForAll(Requests.Any.ToArbitrary(), request =>
        {
            using var form = Parse(Signer.FormOf(request.Parameters));
            using var reversed = Parse(Signer.FormOf(request.Parameters.Reverse()));
            var expected = Signer.TextOf("", request.Parameters);
            return Signed(form) == expected && Signed(reversed) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_bytes_are_too_odd_to_be_read() =>
        Prop.ForAll(
            Gen.ArrayOf(Gen.Elements(
                (byte)'%', (byte)'&', (byte)'=', (byte)'+', (byte)'4', (byte)'f', (byte)0, (byte)0xC3, (byte)0xED,
                (byte)0xA0, (byte)0xFF)).ToArbitrary(),
            bytes =>
            {
                using var form = TwilioForm.Parse(bytes);
                return form.WriteSigned(new byte[form.SignedLength]) <= form.SignedLength;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a=1+2%2B3", "a1 2+3")]
    [InlineData("a=%", "a%")]
    [InlineData("a=%4", "a%4")]
    [InlineData("a=%4g", "a%4g")]
    [InlineData("a=%e9", "a\ufffd")]
    [InlineData("a=%ED%A0%80", "a\ufffd\ufffd\ufffd")]
    [InlineData("=v", "v")]
    [InlineData("k", "k")]
    [InlineData("&&a=1&", "a1")]
    [InlineData("a=b=c", "ab=c")]
    [InlineData("a=1;b=2", "a1;b=2")]
    [InlineData("b=2&B=1&_=3", "B1_3b2")]
    [InlineData("a=2&a=1&a=2", "a1a2")]
    [InlineData("a=%F0%9F%98%80&a=%EF%BC%81", "a😀a！")]
    public void Decodes_and_orders_as_the_official_libraries_do(string body, string expected)
    {
        using var form = Parse(body);

        Assert.Equal(expected, Signed(form));
    }

    [Fact]
    public void A_name_that_is_not_there_has_no_value_and_one_without_value_an_empty_one()
    {
        using var form = Parse("Body=&Flag&body=x");

        Assert.Equal(("", "", null), (form["Body"u8], form["Flag"u8], form["BODY"u8]));
    }

    private static TwilioForm Parse(string body) => TwilioForm.Parse(Encoding.UTF8.GetBytes(body));

    private static string Signed(TwilioForm form)
    {
        var buffer = new byte[form.SignedLength];
        return Encoding.UTF8.GetString(buffer.AsSpan(0, form.WriteSigned(buffer)));
    }
}
