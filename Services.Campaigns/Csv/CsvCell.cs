namespace Services.Campaigns;

/// <summary>
/// Cells that a spreadsheet must not take for a formula. An apostrophe in front makes it show them as text; what begins
/// with an apostrophe gets one more, so that every cell can be restored.
/// https://owasp.org/www-community/attacks/CSV_Injection
/// </summary>
internal static class CsvCell
{
    private const char Mark = '\'';

    public static string Neutralise(string value) => value is [Mark or '=' or '+' or '-' or '@' or '\t' or '\r', ..]
        ? Mark + value
        : value;

    /// <summary>The inverse. An apostrophe that nobody put there for this, as in ’t, stays.</summary>
    public static string Restore(string value) =>
        value is [Mark, Mark or '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? value[1..] : value;
}
