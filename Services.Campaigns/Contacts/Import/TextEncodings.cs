using System.Text;

namespace Services.Campaigns;

/// <summary>
/// In which encoding a file is written. Spreadsheets say so with a byte-order mark for Unicode only; without one its
/// first letter beyond ASCII tells: hardly any text in Windows-1252 can be read as UTF-8.
/// </summary>
internal static class TextEncodings
{
    public const string Utf8 = "utf-8";
    public const string Utf16 = "utf-16";
    public const string Utf16BigEndian = "utf-16be";
    public const string Windows1252 = "windows-1252";

    public static Encoding Get(string name) =>
        CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);

    /// <summary>Of a file that begins so.</summary>
    /// <param name="start">Its first bytes.</param>
    /// <param name="isWhole">It has no others.</param>
    public static string Detect(ReadOnlySpan<byte> start, bool isWhole)
    {
        var check = new Utf8Check();
        check.Add(start);
        if (isWhole)
        {
            check.End();
        }

        return start switch
        {
            [0xFF, 0xFE, ..] => Utf16,
            [0xFE, 0xFF, ..] => Utf16BigEndian,
            // The letters of a header are Latin: every other byte is 0.
            [not 0, 0, not 0, 0, ..] => Utf16,
            [0, not 0, 0, not 0, ..] => Utf16BigEndian,
            _ => check.IsWindows1252 ? Windows1252 : Utf8,
        };
    }
}
