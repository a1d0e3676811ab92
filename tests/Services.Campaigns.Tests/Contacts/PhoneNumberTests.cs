using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class PhoneNumberTests
{
    [Theory]
    [InlineData("+33612345678", "+33612345678")]
    [InlineData("+33 6 12 34 56 78", "+33612345678")]
    [InlineData("0033 6.12.34.56.78", "+33612345678")]
    [InlineData("(+33) 6-12-34-56-78", "+33612345678")]
    [InlineData("+33 (0)6 12 34 56 78", "+33612345678")]
    [InlineData("00 33 (0) 6 12 34 56 78", "+33612345678")]
    [InlineData("+33 06 12 34 56 78", "+33612345678")]
    [InlineData("whatsapp:+14155238886", "+14155238886")]
    [InlineData("WhatsApp: +1 (415) 523-8886", "+14155238886")]
    [InlineData("\u202A+33\u00A06\u202F12\u201134\u201356/78\u202C", "+33612345678")]
    [InlineData("+33 (0)06 12 34 56 78", "+33612345678")]
    [InlineData("+1 (415) 52(0)8886", "+14155208886")]
    [InlineData("+39 06 1234 5678", "+390612345678")]
    [InlineData("+687 12 34 56", "+687123456")]
    public void A_number_is_read_in_every_spelling(string written, string e164)
    {
        Assert.True(PhoneNumber.TryParse(written, out var number, out var remedy), remedy?.English);
        Assert.Equal(e164, number.Value);
    }

    [Theory]
    [InlineData(null, "international form")]
    [InlineData("", "international form")]
    [InlineData("06 12 34 56 78", "+33 in place of its first 0")]
    [InlineData("33612345678", "country code is missing")]
    [InlineData("4155238886", "country code is missing")]
    [InlineData("+0612345678", "begins with 1 to 9")]
    [InlineData("+", "begins with 1 to 9")]
    [InlineData("+33 6 12 34 56 7", "After +33 come 9 digits")]
    [InlineData("+33 6 12 34 56 789", "After +33 come 9 digits")]
    [InlineData("+33", "After +33 come 9 digits")]
    [InlineData("+1 415 523 888", "After +1 come 10 digits")]
    [InlineData("+999 1234", "8 to 15 digits")]
    [InlineData("+9991234567890123", "8 to 15 digits")]
    [InlineData("+33 6 12 34 56 78 poste 4", "digits only")]
    [InlineData("+33+612345678", "digits only")]
    [InlineData("33+612345678", "digits only")]
    [InlineData("＋３３６１２３４５６７８", "digits only")]
    [InlineData("+٣٣٦١٢٣٤٥٦٧٨", "digits only")]
    [InlineData("+33612345678,+33612345679", "digits only")]
    public void What_cannot_be_a_number_is_refused_with_a_remedy(string? written, string remedy)
    {
        Assert.False(PhoneNumber.TryParse(written, out var number, out var said));
        Assert.Null(number);
        Assert.Contains(remedy, said.English, StringComparison.Ordinal);
    }

    [Fact]
    public void Property_1_Number_formatting_gives_the_same_number_however_it_is_spelled() =>
        Prop.ForAll(Arb.From(Spelled), spelled =>
            PhoneNumber.TryParse(spelled.Text, out var number, out _) && number.Value == spelled.Number)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Property_1_Number_formatting_never_leaves_a_plus_sign_in_the_digits() =>
        Prop.ForAll(Arb.From(Spelled), spelled =>
            PhoneNumber.TryParse(spelled.Text, out var number, out _)
            && number.Digits.All(char.IsAsciiDigit) && $"+{number.Digits}" == number.Value)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_is_read_is_a_valid_number_and_reads_as_itself() =>
        Prop.ForAll(Arb.From(Noise), text => !PhoneNumber.TryParse(text, out var number, out _)
            || (number.Value is ['+', >= '1' and <= '9', ..] and { Length: >= 9 and <= 16 }
                && number.Digits.All(char.IsAsciiDigit)
                && PhoneNumber.TryParse(number.Value, out var again, out _) && again == number))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_remedy_never_repeats_the_number() =>
        Prop.ForAll(Arb.From(Noise), text => PhoneNumber.TryParse(text, out _, out var remedy)
            || text.Length < 6 || (!remedy.English.Contains(text, StringComparison.Ordinal)
                && !remedy.French.Contains(text, StringComparison.Ordinal)))
            .QuickCheckThrowOnFailure();

    // From countries that the table knows, and from one (888) that it does not.
    private static Gen<string> Numbers =>
        from country in Gen.Elements(("33", 9), ("1", 10), ("221", 9), ("212", 9), ("44", 10), ("888", 9))
        from first in Gen.Choose(1, 9)
        from rest in Gen.Choose(0, 9).ArrayOf(country.Item2 - 1)
        select $"{country.Item1}{first}{string.Concat(rest)}";

    private static Gen<(string Number, string Text)> Spelled =>
        from number in Numbers
        from prefix in Gen.Elements("+", "00", "whatsapp:+", " + ", "(+", "\u202A+")
        from separators in Gen.Elements("", "", "", " ", ".", "-", "\u00A0", "/", ")", "\u200E").ArrayOf(number.Length)
        let spelled = number.Zip(separators, (digit, separator) => $"{digit}{separator}")
        select ($"+{number}", prefix + string.Concat(spelled));

    private static Gen<string> Noise =>
        from letters in Gen.Frequency(
            (8, Gen.Choose('0', '9').Select(code => (char)code)),
            (2, Gen.Elements('+', '+', ' ', '(', ')', '.', 'a', '\u0663', '\uD800', '0'))).ArrayOf()
        from start in Gen.Elements("", "+", "00", "+33", "+1", "0")
        select start + string.Concat(letters);
}
