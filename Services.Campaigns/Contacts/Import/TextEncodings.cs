using System.Text;

namespace Services.Campaigns;

/// <summary>
/// In which encoding a file is written. Spreadsheets say so with a byte-order mark for Unicode only; without one it is
/// UTF-8 if all of the file can be read as such, which hardly any text in Windows-1252 can.
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
    public static string Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, ..] => Utf16,
        [0xFE, 0xFF, ..] => Utf16BigEndian,
        [0xEF, 0xBB, 0xBF, ..] => Utf8,
        // The letters of a header are Latin: every other byte is 0.
        [not 0, 0, not 0, 0, ..] => Utf16,
        [0, not 0, 0, not 0, ..] => Utf16BigEndian,
        _ => new Utf8Check().Takes(start) ? Utf8 : Windows1252,
    };

    /// <summary>Whether bytes that come piece by piece are UTF-8.</summary>
    internal sealed class Utf8Check
    {
        private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();

        /// <summary>A letter may be cut off at the end of the piece.</summary>
        public bool Takes(ReadOnlySpan<byte> piece)
        {
            Span<char> letters = stackalloc char[4096];
            try
            {
                while (!piece.IsEmpty)
                {
                    _decoder.Convert(piece, letters, flush: false, out var used, out _, out _);
                    piece = piece[used..];
                }

                return true;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
