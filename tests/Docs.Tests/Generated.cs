namespace Docs.Tests;

/// <summary>
/// Parts of pages that are written by the code they tell of. <c>UPDATE_DOCS=1</c> writes them anew; else they are
/// compared.
/// </summary>
internal static class Generated
{
    private const string End = "<!-- end of the generated part -->\n";

    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    public static void Check(string path, string name, string expected)
    {
        var page = Document.Read(path);
        var start = $"<!-- generated: {name}, UPDATE_DOCS=1 artifacts/bin/Docs.Tests/debug/Docs.Tests -->\n";
        var from = page.Text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"{path} lacks the line {start}");
        var to = page.Text.IndexOf(End, from, StringComparison.Ordinal);
        Assert.True(to >= 0, $"{path} lacks the line {End}");
        if (Update)
        {
            page.Write($"{page.Text[..from]}\n{expected}\n{page.Text[to..]}");
        }
        else
        {
            Assert.Equal($"\n{expected}\n", page.Text[from..to]);
        }
    }

    public static string Table(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var lines = rows
            .Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|")))} |").ToList();
        lines.Insert(1, string.Concat(Enumerable.Repeat("| --- ", rows[0].Count)) + "|");
        return string.Concat(lines.Select(line => line + "\n"));
    }
}
