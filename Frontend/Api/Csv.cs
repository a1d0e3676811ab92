using System.Buffers;

namespace Frontend;

/// <summary>https://www.rfc-editor.org/rfc/rfc4180</summary>
public static class Csv
{
    private static readonly SearchValues<char> Signs = SearchValues.Create(",\"\r\n");

    public static string Of(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\r\n"));

    public static string Line(IReadOnlyList<string> cells) => string.Join(',', cells.Select(Cell));

    // Of a cell that begins with an apostrophe the import may take one away, which a spreadsheet needs: it gets one more.
    private static string Cell(string cell)
    {
        var text = cell.StartsWith('\'') ? $"'{cell}" : cell;
        return text.AsSpan().ContainsAny(Signs) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
