using System.Text.RegularExpressions;
using Testing;

namespace Docs.Tests;

/// <summary>A Markdown file of the repository, as GitHub shows it.</summary>
/// <param name="Path">Relative to the root, with slashes.</param>
internal sealed partial record Document(string Path, string Text)
{
    private static readonly string[] NotOurs = ["artifacts", "node_modules", "bin", "obj"];

    public static string Root { get; } = ProgramProcess.RepositoryRoot;

    public static IReadOnlyList<Document> All { get; } =
        [.. Walk(new(Root)).Select(file => Read(System.IO.Path.GetRelativePath(Root, file.FullName)))];

    /// <summary>The titles, without their marks and not those in code.</summary>
    public IReadOnlyList<string> Headings =>
        [.. WithoutBlocks.Split('\n').Where(line => Heading().IsMatch(line)).Select(line => line.TrimStart('#').Trim())];

    /// <summary>Where links may lead to within the page.</summary>
    public IReadOnlyList<string> Anchors
    {
        get
        {
            var seen = new Dictionary<string, int>();
            return [.. Headings.Select(heading =>
            {
                var slug = NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');
                var count = seen[slug] = seen.GetValueOrDefault(slug) + 1;
                return count == 1 ? slug : $"{slug}-{count - 1}";
            })];
        }
    }

    public IReadOnlyList<string> Links =>
        [.. Link().Matches(CodeSpan().Replace(WithoutBlocks, "``")).Select(match => match.Groups[1].Value)];

    /// <summary>The fenced blocks, each with what stands behind the fence.</summary>
    public IReadOnlyList<(string Kind, string Code)> Blocks =>
        [.. Fence().Matches(Text).Select(match => (match.Groups[1].Value.Trim(), match.Groups[2].Value))];

    private string WithoutBlocks => Fence().Replace(Text, "");

    public static Document Read(string path) =>
        new(path.Replace('\\', '/'), File.ReadAllText(System.IO.Path.Combine(Root, path)));

    public void Write(string text) => File.WriteAllText(System.IO.Path.Combine(Root, Path), text);

    public override string ToString() => Path;

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) => folder.EnumerateFiles("*.md").Concat(
        folder.EnumerateDirectories().Where(below => below.Name[0] != '.' && !NotOurs.Contains(below.Name))
            .SelectMany(Walk));

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    // What GitHub leaves out of the anchor: neither a letter, a mark, a digit, a space, a hyphen nor an underscore.
    [GeneratedRegex(@"[^\p{L}\p{M}\p{N} _-]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```([^\n]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex CodeSpan();
}
