using System.Text.RegularExpressions;
using Testing;

namespace Frontend.Tests;

public sealed partial class ActivityEntryTests
{
    private static readonly Guid Id = Guid.Parse("0198c1d2-0000-7000-8000-000000000000");

    [Theory]
    [InlineData("campaign.launched", "/campaigns/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("campaign.deleted", null)]
    [InlineData("segment.changed", "/contacts/segments?open=0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("segment.deleted", null)]
    [InlineData("user.created", null)]
    [InlineData("template.changed", "/templates?open=0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("contacts.imported", "/contacts/import/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("contacts.importUndone", "/contacts/import/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("contacts.importFailed", "/contacts/import/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("contacts.exported", null)]
    [InlineData("contact.changed", "/contacts?contact=0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("contact.erased", null)]
    [InlineData("campaign.messageRetried", "/campaigns/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("message.retried", "/inbox/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("message.sent", "/inbox/0198c1d2-0000-7000-8000-000000000000")]
    [InlineData("something.new", null)]
    public void An_entry_leads_to_what_it_is_about_as_long_as_it_is_there(string action, string? path) =>
        Assert.Equal(path, Of(action, Id).Path);

    [Fact]
    public void An_entry_about_nothing_in_particular_leads_nowhere() => Assert.Null(Of("templates.synced", null).Path);

    [Fact]
    public void What_the_API_notes_can_be_said_in_words()
    {
        var noted = new[] { "Services.Campaigns", "Gateway" }
            .SelectMany(part => Directory.EnumerateFiles(
                Path.Combine(ProgramProcess.RepositoryRoot, part), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText).Where(source => source.Contains("ActivityEntry.Of(", StringComparison.Ordinal)
                || source.Contains("into activity", StringComparison.Ordinal)
                || source.Contains("Deed.In(", StringComparison.Ordinal))
            .SelectMany(source => Action().Matches(source)).Select(match => match.Groups["action"].Value).ToHashSet();

        Assert.Contains("contacts.imported", noted);
        Assert.Contains("user.signInFailed", noted);
        Assert.Empty(noted.Except(ActivityEntry.Known));
    }

    private static ActivityEntry Of(string action, Guid? subject) =>
        new(Guid.Empty, DateTimeOffset.UnixEpoch, "ana", action, subject, null, null);

    [GeneratedRegex("""["'](?<action>(campaign|contacts?|templates?|message|webhook|segment|user|key)\.[a-zA-Z]+)["']""")]
    private static partial Regex Action();
}
