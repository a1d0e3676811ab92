using System.Buffers;

namespace Services.Campaigns;

/// <summary>
/// Cells that a spreadsheet must not take for a formula. An apostrophe in front makes it show them as text; what begins
/// with an apostrophe gets one more, so that every cell can be restored.
/// https://owasp.org/www-community/attacks/CSV_Injection
/// </summary>
internal static class CsvCell
{
    private const char Mark = '\'';

    // The last four are wide ones, which some take for the others.
    private static readonly SearchValues<char> Marked = SearchValues.Create("'=+-@\t\r\n＝＋－＠");

    public static string Neutralise(string value) => value is [var first, ..] && Marked.Contains(first)
        ? Mark + value
        : value;

    /// <summary>The inverse. An apostrophe that nobody put there for this, as in ’t, stays.</summary>
    public static string Restore(string value) =>
        value is [Mark, var next, ..] && Marked.Contains(next) ? value[1..] : value;
}
