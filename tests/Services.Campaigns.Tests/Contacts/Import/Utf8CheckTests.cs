using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class Utf8CheckTests
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    // Whole letters of every length, and pieces of them.
    private static readonly Arbitrary<byte[][]> Pieces = Gen.Elements<byte[]>(
        [.. "a"u8], [.. "\n"u8], [.. "é"u8], [.. "€"u8], [.. "😀"u8], [0xC3], [0xE9], [0x80], [0xF0, 0x9F])
        .ArrayOf().ToArbitrary();

    [Fact]
    public void It_finds_what_a_strict_decoder_finds_however_the_bytes_are_cut() => Prop.ForAll(Pieces, pieces =>
    {
        byte[] all = [.. pieces.SelectMany(piece => piece)];
        return Check([all]).IsValid == IsValid(all) && Check(pieces).IsValid == IsValid(all)
            && Check(all.Select(one => new[] { one })).Mistake?.Remedy == Check([all]).Mistake?.Remedy;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_cannot_be_UTF_8_is_Windows_1252_unless_a_letter_before_it_was_UTF_8()
    {
        Assert.True(Check([[.. "nom\nZo"u8, 0xE9]]).IsWindows1252);
        Assert.True(Check([[.. "nom\nZo"u8, 0xE9], [.. "\nZoé"u8]]).IsWindows1252);
        Assert.False(Check([[.. "Zoé\n"u8], [.. "Zo"u8, 0xE9, .. "\n"u8]]).IsWindows1252);
        Assert.False(Check([[0xEF, 0xBB, 0xBF, .. "Zo"u8, 0xE9, .. "\n"u8]]).IsWindows1252);
    }

    [Fact]
    public void The_mistake_is_named_by_line_and_byte()
    {
        var mistake = Check([[.. "prénom\nA"u8], [.. "na\nL"u8, 0xE9], [.. "o\nInès\n"u8]]).Mistake!;

        Assert.Equal(("file", 3L), (mistake.Field, mistake.Line));
        Assert.Contains("(byte 14 of the file)", mistake.Remedy.English, StringComparison.Ordinal);
        Assert.Contains("(octet 14 du fichier)", mistake.Remedy.French, StringComparison.Ordinal);
    }

    private static Utf8Check Check(IEnumerable<byte[]> pieces)
    {
        var check = new Utf8Check();
        foreach (var piece in pieces)
        {
            check.Add(piece);
        }

        check.End();
        return check;
    }

    private static bool IsValid(byte[] bytes)
    {
        try
        {
            return Strict.GetCharCount(bytes) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
