namespace Docs.Tests;

public sealed class PageTests
{
    private const string English = "docs/en/";
    private const string French = "docs/fr/";

    public static TheoryData<string> Pages => [.. Document.All.Select(page => page.Path)];

    public static TheoryData<string, string> Guides
    {
        get
        {
            // The one whose name was agreed on stands above the folders.
            var guides = new TheoryData<string, string>
            {
                { "docs/MIGRATION-GUPSHUP.en.md", "docs/MIGRATION-GUPSHUP.md" },
            };
            foreach (var name in PathsBelow(English))
            {
                guides.Add(English + name, French + name);
            }

            return guides;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_every_anchor_to_a_heading(string path)
    {
        var page = Document.Read(path);

        Assert.All(page.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)), link =>
        {
            var (file, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
            var target = Path.GetRelativePath(
                Document.Root, Path.Combine(Document.Root, Path.GetDirectoryName(path)!, file is "" ? "." : file));
            target = file is "" ? path : target;
            var there = Path.Combine(Document.Root, target);
            Assert.True(File.Exists(there) || Directory.Exists(there), $"{link}: {target} does not exist");
            Assert.True(anchor is "" || Document.Read(target).Anchors.Contains(anchor), $"{link}: no such heading");
        });
    }

    [Fact]
    public void Every_guide_is_there_in_both_languages() =>
        Assert.Equal(PathsBelow(English), PathsBelow(French));

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_guide_has_the_same_parts_in_both_languages(string inEnglish, string inFrench)
    {
        var (english, french) = (Document.Read(inEnglish), Document.Read(inFrench));

        Assert.Equal(english.Headings.Count, french.Headings.Count);
        Assert.Equal(english.Blocks.Select(block => block.Kind), french.Blocks.Select(block => block.Kind));
        Assert.Equal(Runnable(english), Runnable(french));
    }

    [Fact]
    public void The_readme_leads_to_every_guide_and_stays_short()
    {
        var readme = Document.Read("README.md");

        Assert.InRange(readme.Text.Split('\n').Length, 1, 120);
        Assert.All(PathsBelow(English), name =>
        {
            Assert.Contains(English + name, readme.Links);
            Assert.Contains(French + name, readme.Links);
        });
    }

    private static IEnumerable<string> PathsBelow(string folder) => Document.All
        .Where(page => page.Path.StartsWith(folder, StringComparison.Ordinal))
        .Select(page => page.Path[folder.Length..]).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Runnable(Document page) =>
        page.Blocks.Where(block => block.Kind == Commands.Kind).Select(block => block.Code);
}
