namespace Frontend.Layout;

/// <summary>The pages of the sidebar, in order. One that is added here is reachable everywhere.</summary>
public static class Menu
{
    /// <param name="Text">Key of its name in Texts/Common.</param>
    /// <param name="Icon">A name of Components/Icon.</param>
    public sealed record Entry(string Path, string Text, string Icon);

    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new("/", "Common.Menu.Dashboard", "dashboard"),
        new("/campaigns", "Common.Menu.Campaigns", "campaign"),
        new("/contacts", "Common.Menu.Contacts", "contacts"),
        new("/templates", "Common.Menu.Templates", "template"),
        new("/inbox", "Common.Menu.Inbox", "inbox"),
        new("/activity", "Common.Menu.Activity", "activity"),
        new("/settings", "Common.Menu.Settings", "settings"),
    ];

    /// <summary>For links to pages that may come later.</summary>
    public static bool Has(string path) => Entries.Any(entry => entry.Path == path);
}
